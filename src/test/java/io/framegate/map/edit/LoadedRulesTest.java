package io.framegate.map.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.load.LoadProgress;
import io.framegate.map.load.MapLoader;
import io.framegate.map.store.LocalTransactions;
import io.framegate.map.store.MapPersistence;
import io.framegate.map.store.MapPersistenceFixture;
import io.framegate.map.store.MapSchema;
import io.framegate.map.store.StoredPassInfo;
import io.framegate.testkit.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Edits hold rules to what a load makes of them: else a save would be refused for what it has not done. */
class LoadedRulesTest {

    @Test
    void rulesOfRealFilesAreConsistent() throws Exception {
        TestDatabase database = TestDatabase.create();
        MapSchema.migrate(database.dataSource());
        MapLoader loader = new MapLoader(database.dataSource(), LoadProgress.silent());
        loader.load(Path.of("target/map-data/monaco/monaco-210801.osm.pbf"), "monaco");
        loader.load(Path.of("target/map-data/liechtenstein/liechtenstein.osm.pbf"), "liechtenstein");
        MapPersistence persistence = MapPersistenceFixture.of(database.dataSource());
        Map<Integer, Map<Long, StoredPassInfo>> rules = new TreeMap<>();
        new LocalTransactions(persistence).inTransaction(entities -> {
            List<StoredPassInfo> all = entities.createQuery("select p from StoredPassInfo p", StoredPassInfo.class)
                    .getResultList();
            all.forEach(rule ->
                    rules.computeIfAbsent(rule.dataSet(), id -> new TreeMap<>()).put(rule.id(), rule));
            rules.forEach((dataSet, known) ->
                    assertEquals(Map.of(), new RuleChanges(entities, dataSet).changed(known, Map.of())));
            return all.size();
        });
        assertEquals(2, rules.size());
        assertTrue(rules.values().stream()
                .flatMap(known -> known.values().stream())
                .anyMatch(rule -> !rule.toMessage().viaLinks().isEmpty()));
        MapPersistenceFixture.close(persistence);
    }
}
