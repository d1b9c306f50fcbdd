package io.framegate.map.message;

import io.framegate.message.Message;
import io.framegate.message.RecordList;

/**
 * The answer to {@link LoadPolylinesByArea} and {@link LoadPolylinesByMapId}.
 *
 * @param polylines in no particular order
 */
@Message(500301)
public record Polylines(RecordList<Polyline> polylines) {}
