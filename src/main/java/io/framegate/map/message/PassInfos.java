package io.framegate.map.message;

import io.framegate.message.Message;
import io.framegate.message.RecordList;

/**
 * The answer to {@link LoadPassInfosByArea} and {@link LoadPassInfosByMapId}.
 *
 * @param passInfos in no particular order
 */
@Message(500701)
public record PassInfos(RecordList<PassInfo> passInfos) {}
