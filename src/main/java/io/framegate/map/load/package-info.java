/**
 * From an OpenStreetMap file to the database: reads a PBF, makes links, nodes, polygons, polylines, turn rules and heights of it, and
 * stores them as one data set in one transaction.
 *
 * <p>Who may call it: map.start and map.admin. {@link io.framegate.map.load.MapLoader} is plain Java over a {@code
 * javax.sql.DataSource}, so tests and tools use it as well.
 *
 * <p>Begin reading at {@link io.framegate.map.load.MapLoader}: a file is read three times by
 * {@link io.framegate.map.load.OsmFile} for {@link io.framegate.map.load.FeatureBuilder}, which keeps the features on
 * disk; then they are copied.
 */
@NullMarked
package io.framegate.map.load;

import org.jspecify.annotations.NullMarked;
