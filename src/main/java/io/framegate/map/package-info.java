/**
 * The map: the guest of the gate. It answers requests for map features from PostgreSQL and uses nothing but what any
 * application could; it can be deleted, and the gate does not notice. This package holds its settings.
 *
 * <p>Who may call it: only the map's own packages. Begin reading at {@code io.framegate.map.message}, then
 * {@code io.framegate.map.work}.
 */
@NullMarked
package io.framegate.map;

import org.jspecify.annotations.NullMarked;
