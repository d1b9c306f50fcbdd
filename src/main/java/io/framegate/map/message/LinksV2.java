package io.framegate.map.message;

import io.framegate.message.Message;
import io.framegate.message.RecordList;

/**
 * The answer to {@link LoadLinksByAreaV2} and {@link LoadLinksByMapIdV2}.
 *
 * @param links each as in version 1, in no particular order
 * @param end why there are no more, and how to go on
 */
@Message(500502)
public record LinksV2(RecordList<Link> links, PageEnd end) {}
