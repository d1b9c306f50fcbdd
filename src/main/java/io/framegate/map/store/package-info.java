/**
 * The map in PostgreSQL: the schema and its migrations, the entities for edits, and the queries that answer by area.
 * The tables are described in {@code V1__map_features.sql} and the migrations after it, beside this package in the resources.
 *
 * <p>Who may call it: map.work and map.load. It knows the map's records, whose bytes it keeps, and Jakarta Persistence;
 * nothing of requests. Begin reading at {@link io.framegate.map.store.FeatureQueries}.
 */
@NullMarked
package io.framegate.map.store;

import org.jspecify.annotations.NullMarked;
