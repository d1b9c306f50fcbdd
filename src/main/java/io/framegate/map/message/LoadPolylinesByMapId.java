package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * Asks for the polylines of a map sheet; the answer is {@link Polylines}.
 *
 * @param sheet the map sheet and the detail
 */
@Message(100301)
public record LoadPolylinesByMapId(Sheet sheet) {}
