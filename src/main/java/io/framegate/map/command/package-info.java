/**
 * What the map adds to the command line: {@code framegate load}, with its answers as a table or as GeoJSON, and
 * {@code framegate changes}.
 *
 * <p>Who may call it: the command line alone, which finds it as a service. It is packaged beside the WAR, never in it.
 * Begin reading at {@link io.framegate.map.command.LoadCommand}.
 */
@NullMarked
package io.framegate.map.command;

import org.jspecify.annotations.NullMarked;
