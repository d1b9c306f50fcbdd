/**
 * Edits of the map: a save is one transaction that is made as a whole, told as a conflict, or refused with its reasons,
 * and once done is in the history.
 *
 * <p>Who may call it: map.work. It knows the map's records and its store. Begin reading at
 * {@link io.framegate.map.edit.FeatureSaves}, then {@link io.framegate.map.edit.Save}.
 */
@NullMarked
package io.framegate.map.edit;

import org.jspecify.annotations.NullMarked;
