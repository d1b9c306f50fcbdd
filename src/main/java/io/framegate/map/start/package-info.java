/**
 * What happens to the map when the application starts: waits for the database, brings it to the schema of this version, loads the
 * first data set, and tells how far it is.
 *
 * <p>Who may call it: the container starts {@link io.framegate.map.start.MapStartup}; map.admin tells it of later loads.
 */
@NullMarked
package io.framegate.map.start;

import org.jspecify.annotations.NullMarked;
