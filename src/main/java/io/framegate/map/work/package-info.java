/**
 * The map's workers: one small bean for each request, which the gate finds by its type.
 *
 * <p>Who may call it: the gate. Begin reading at {@link io.framegate.map.work.MapReader}, which they all ask.
 */
@NullMarked
package io.framegate.map.work;

import org.jspecify.annotations.NullMarked;
