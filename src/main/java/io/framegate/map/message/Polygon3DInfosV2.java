package io.framegate.map.message;

import io.framegate.message.Message;
import io.framegate.message.RecordList;

/**
 * The answer to {@link LoadPolygon3DInfosByAreaV2}.
 *
 * @param polygon3DInfos each as in version 1, in no particular order
 * @param end why there are no more, and how to go on
 */
@Message(500802)
public record Polygon3DInfosV2(RecordList<Polygon3DInfo> polygon3DInfos, PageEnd end) {}
