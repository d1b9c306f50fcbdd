/**
 * The map's messages: what goes over the wire, each layout documented once, in its record, and fixed from the first
 * release on. Everything a client needs to know of the map; nothing of the database.
 *
 * <p>Who may call it: map.work and clients. Begin reading at {@link io.framegate.map.message.Link}.
 *
 * <p><b>Coordinates</b> of features are int32 in units of 1e-7 degree (about 1.1 cm; OpenStreetMap's own precision),
 * longitude before latitude. See {@link io.framegate.map.message.Points} for those of a line.
 */
@NullMarked
package io.framegate.map.message;

import org.jspecify.annotations.NullMarked;
