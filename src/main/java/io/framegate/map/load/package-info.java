/**
 * From an OpenStreetMap file to the database: reads a PBF, makes links, nodes, polygons, polylines, turn rules and heights of it, and
 * stores them as one data set in one transaction; at start-up, brings the database to the schema of this version and
 * loads the first data set.
 *
 * <p>Who may call it: nobody needs to; the container starts {@link io.framegate.map.load.MapStartup}. Tests and tools
 * use {@link io.framegate.map.load.MapLoader}, which is plain Java over a {@code javax.sql.DataSource}.
 *
 * <p>Begin reading at {@link io.framegate.map.load.MapLoader}: a file is read three times by
 * {@link io.framegate.map.load.OsmFile} for {@link io.framegate.map.load.FeatureBuilder}, which keeps the features on
 * disk; then they are copied.
 */
@NullMarked
package io.framegate.map.load;

import org.jspecify.annotations.NullMarked;
