package io.framegate.map.message;

import io.framegate.message.Message;
import io.framegate.message.RecordList;

/**
 * The answer to {@link LoadNodesByAreaV2} and {@link LoadNodesByMapIdV2}.
 *
 * @param nodes each as in version 1, in no particular order
 * @param end why there are no more, and how to go on
 */
@Message(500602)
public record NodesV2(RecordList<Node> nodes, PageEnd end) {}
