package io.framegate.map.message;

import io.framegate.message.Message;
import io.framegate.message.RecordList;

/**
 * The answer to {@link LoadPassInfosByAreaV2} and {@link LoadPassInfosByMapIdV2}.
 *
 * @param passInfos each as in version 1, in no particular order
 * @param end why there are no more, and how to go on
 */
@Message(500702)
public record PassInfosV2(RecordList<PassInfo> passInfos, PageEnd end) {}
