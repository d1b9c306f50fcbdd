package io.framegate.map.message;

import io.framegate.message.Message;
import io.framegate.message.RecordList;

/**
 * The answer to {@link LoadHeight3DInfosByAreaV2}.
 *
 * @param height3DInfos each as in version 1, in no particular order
 * @param end why there are no more, and how to go on
 */
@Message(500902)
public record Height3DInfosV2(RecordList<Height3DInfo> height3DInfos, PageEnd end) {}
