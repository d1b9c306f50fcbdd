package io.framegate.map.store;

import io.framegate.testkit.TestDatabase;
import java.util.Map;
import javax.sql.DataSource;

/** The map's persistence without a container: the same unit, with transactions of its own. */
public final class MapPersistenceFixture {

    private MapPersistenceFixture() {}

    /** Of a database that has the schema. */
    public static MapPersistence of(TestDatabase database) {
        return of(database.dataSource());
    }

    /** As above; connects when it is first used. */
    public static MapPersistence of(DataSource dataSource) {
        return new MapPersistence(Map.of(
                "jakarta.persistence.transactionType", "RESOURCE_LOCAL",
                "jakarta.persistence.jtaDataSource", "",
                "jakarta.persistence.nonJtaDataSource", dataSource,
                "eclipselink.target-server", "None"));
    }

    /** As above, with up to 16 connections that are kept: for many requests at once. */
    public static MapPersistence pooled(TestDatabase database) {
        return new MapPersistence(Map.of(
                "jakarta.persistence.transactionType", "RESOURCE_LOCAL",
                "jakarta.persistence.jtaDataSource", "",
                "jakarta.persistence.jdbc.driver", "org.postgresql.Driver",
                "jakarta.persistence.jdbc.url", database.url(),
                "jakarta.persistence.jdbc.user", TestDatabase.USER,
                // What is above the least is closed when it is given back, so the least is the most.
                "eclipselink.connection-pool.default.initial", "1",
                "eclipselink.connection-pool.default.min", "16",
                "eclipselink.connection-pool.default.max", "16",
                "eclipselink.target-server", "None"));
    }

    /** The pool without a pool. */
    public static MapDatabase database(DataSource dataSource) {
        return new MapDatabase(dataSource);
    }

    /** Queries with the limits of the real ones. */
    public static FeatureQueries queries(DataSource dataSource) {
        return queries(dataSource, 64 << 20);
    }

    /** As above, with so many bytes of blocks in memory. */
    public static FeatureQueries queries(DataSource dataSource, long keptBlockBytes) {
        return new FeatureQueries(database(dataSource), new BlockCache(keptBlockBytes), new KnownHistory());
    }

    /** As the first, of a server that has seen some changes. */
    public static FeatureQueries queries(DataSource dataSource, KnownHistory history) {
        return new FeatureQueries(database(dataSource), new BlockCache(64 << 20), history);
    }

    /** Versions of areas. */
    public static AreaVersions versions(DataSource dataSource) {
        return new AreaVersions(feed(dataSource));
    }

    /** Changes as they come, to a server that has seen none yet. */
    public static ChangeFeed feed(DataSource dataSource) {
        return feed(dataSource, new KnownHistory());
    }

    /** As above, to a server that has seen some. */
    public static ChangeFeed feed(DataSource dataSource, KnownHistory history) {
        return new ChangeFeed(database(dataSource), history);
    }

    /** Versions of areas, of a feed that others use too. */
    public static AreaVersions versions(ChangeFeed feed) {
        return new AreaVersions(feed);
    }

    /** Walks with the limits of the real ones. */
    public static AreaWalk walk(MapPersistence persistence, DataSource dataSource) {
        return new AreaWalk(new LocalTransactions(persistence), feed(dataSource));
    }

    /** Stops it. */
    public static void close(MapPersistence persistence) {
        persistence.stop();
    }
}
