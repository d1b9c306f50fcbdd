package io.framegate.map.message;

import io.framegate.message.Message;
import io.framegate.message.RecordList;

/**
 * The answer to {@link LoadPolylinesByAreaV2} and {@link LoadPolylinesByMapIdV2}.
 *
 * @param polylines each as in version 1, in no particular order
 * @param end why there are no more, and how to go on
 */
@Message(500302)
public record PolylinesV2(RecordList<Polyline> polylines, PageEnd end) {}
