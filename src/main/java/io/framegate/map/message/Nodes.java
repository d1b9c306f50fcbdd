package io.framegate.map.message;

import io.framegate.message.Message;
import io.framegate.message.RecordList;

/**
 * The answer to {@link LoadNodesByArea} and {@link LoadNodesByMapId}.
 *
 * @param nodes in no particular order
 */
@Message(500601)
public record Nodes(RecordList<Node> nodes) {}
