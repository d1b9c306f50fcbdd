package io.framegate.map.message;

import io.framegate.message.Message;
import io.framegate.message.RecordList;

/**
 * The answer to {@link LoadLinksByArea} and {@link LoadLinksByMapId}.
 *
 * @param links in no particular order
 */
@Message(500501)
public record Links(RecordList<Link> links) {}
