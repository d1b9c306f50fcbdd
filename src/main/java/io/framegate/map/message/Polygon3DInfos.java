package io.framegate.map.message;

import io.framegate.message.Message;
import io.framegate.message.RecordList;

/**
 * The answer to {@link LoadPolygon3DInfosByArea}.
 *
 * @param polygon3DInfos in no particular order
 */
@Message(500801)
public record Polygon3DInfos(RecordList<Polygon3DInfo> polygon3DInfos) {}
