package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * Asks for the polylines of a map sheet, part by part; the answer is {@link PolylinesV2}.
 *
 * @param sheet the map sheet and the detail
 * @param page how much, and which part
 */
@Message(100302)
public record LoadPolylinesByMapIdV2(Sheet sheet, PageRequest page) {}
