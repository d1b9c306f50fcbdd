package io.framegate.map.message;

import io.framegate.message.Message;
import io.framegate.message.RecordList;

/**
 * The answer to {@link LoadHeight3DInfosByArea}.
 *
 * @param height3DInfos in no particular order
 */
@Message(500901)
public record Height3DInfos(RecordList<Height3DInfo> height3DInfos) {}
