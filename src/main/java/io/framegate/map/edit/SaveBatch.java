package io.framegate.map.edit;

import io.framegate.map.message.Deletion;
import io.framegate.map.message.ElementKind;
import io.framegate.map.message.SaveFeatures;
import io.framegate.map.message.SaveResult;
import io.framegate.map.message.SaveResult.Outcome;
import io.framegate.map.store.KnownHistory;
import io.framegate.message.Refusal;
import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Saves that share a transaction, and with it the commit and statements of many rows. Each is saved as a whole or not at
 * all, and their answers are those that they had had one after the other, in the order in which they came: the second of
 * two that change the same feature is told of the conflict, or of its answer if it is the first sent again.
 *
 * <p><b>Order.</b> Whatever saves wait for they wait for in one order, so that no two transactions wait for each other:
 *
 * <ol>
 *   <li>the data sets' rows, by name, held by a load that replaces them;
 *   <li>the features of all saves, see {@link LockedFeatures};
 *   <li>the counter of changes, from here to the commit. Keys are written by its holder only, so they are not waited for.
 * </ol>
 *
 * <b>Keys</b> are looked up when the features are locked. Whoever sends a save again, while it is under way on another
 * server, waits for the locks of its features and then finds its key. Where a save has new features only there is nothing to
 * wait for but the counter; then the key is found to be there when it is to be written, and the transaction is done again.
 *
 * <p><b>One that fails.</b> A conflict is found before anything of the save is written, so it concerns no other. What is found
 * later is thrown: the caller has the saves done again without each other.
 */
final class SaveBatch {

    /**
     * The row is waited for when both parts of the join are there, so by then it is said for how long; and how long the locks stay
     * if the gate is lost, where the session, as behind a pooler, has no limit for that.
     */
    private static final String LOCK_DATA_SET =
            "with patience as materialized (select set_config('lock_timeout', '5s', true),"
                    + " set_config('idle_in_transaction_session_timeout', coalesce(nullif("
                    + "current_setting('idle_in_transaction_session_timeout'), '0'), '15s'), true))"
                    + " select d.id from map.data_set d, patience where d.name = ?1 for key share of d";

    private final EntityManager entities;
    private final List<Asked> asked;
    private final KnownHistory.Mark known;
    private final List<@Nullable SaveResult> results;
    private final SortedMap<String, DataSet> dataSets = new TreeMap<>();

    /** The saves of which a part may not be written yet. */
    private final List<Applied> unsettled = new ArrayList<>();

    /** What these have changed, in the data sets of these ids. */
    private final Map<Integer, Set<Target>> unsettledTargets = new HashMap<>();

    private final List<Applied> applied = new ArrayList<>();

    /** By key, those that were saved in this batch. */
    private final Map<String, Applied> appliedByKey = new HashMap<>();

    /**
     * A save and where it belongs.
     *
     * @param request passed {@link SaveChecks}
     */
    record Asked(SaveFeatures request, String dataSet) {}

    private record DataSet(int id, LockedFeatures locked, HeightChanges heights) {}

    /** A save that is made, and its place in the batch. */
    private record Applied(int place, SaveKeys.Keyed keyed, Save save) {}

    /**
     * What has become of the saves, once it is committed.
     *
     * @param results in the order of the saves
     * @param appended their changes; empty if there are none
     */
    record Made(List<SaveResult> results, Optional<ChangeLog.Appended> appended) {}

    /**
     * @param entities of the transaction
     * @param known the last change that was seen before
     */
    SaveBatch(EntityManager entities, List<Asked> asked, KnownHistory.Mark known) {
        this.entities = entities;
        this.asked = asked;
        this.known = known;
        this.results = new ArrayList<>();
        asked.forEach(one -> results.add(null));
    }

    /**
     * Saves; the caller commits.
     *
     * @throws SaveRejected to roll back, with the answer of one that failed after a part of it was written
     * @throws Refusal to roll back, for a key that was used for something else or a data set that is not there
     * @throws SaveKeys.TakenMeanwhile to roll back and do it again
     * @throws AnotherHistory to roll back and do it again, once that is known
     */
    Made apply() {
        lock();
        Iterator<Long> newIds = answerThoseKnownAndTakeIds();
        for (int place = 0; place < asked.size(); place++) {
            if (results.get(place) == null) {
                apply(place, newIds);
            }
        }
        settle();
        Optional<ChangeLog.Appended> appended = applied.isEmpty() ? Optional.empty() : Optional.of(record());
        return new Made(
                results.stream()
                        .map(Optional::ofNullable)
                        .map(Optional::orElseThrow)
                        .toList(),
                appended);
    }

    private void lock() {
        SortedMap<String, List<SaveFeatures>> byName = new TreeMap<>();
        asked.forEach(one ->
                byName.computeIfAbsent(one.dataSet(), name -> new ArrayList<>()).add(one.request()));
        SortedMap<String, Integer> ids = new TreeMap<>();
        byName.keySet().forEach(name -> ids.put(name, lockDataSet(name)));
        byName.forEach((name, requests) -> {
            int id = ids.get(name);
            SaveFeatures all = together(requests);
            LockedFeatures locked = LockedFeatures.of(entities, id, all, known.leastVersion());
            dataSets.put(name, new DataSet(id, locked, HeightChanges.of(entities, id, all)));
        });
    }

    private int lockDataSet(String name) {
        // A load that replaces it may commit while this waits for its row; a second look then finds the new one.
        for (int look = 1; look <= 2; look++) {
            List<?> found = entities.createNativeQuery(LOCK_DATA_SET)
                    .setParameter(1, name)
                    .getResultList();
            if (!found.isEmpty()) {
                return ((Number) found.get(0)).intValue();
            }
        }
        throw new Refusal(Refusal.Code.NOT_FOUND, "Nothing was saved: there is no data set of that name.");
    }

    /** All of them as one request, to lock what they need. */
    private static SaveFeatures together(List<SaveFeatures> requests) {
        if (requests.size() == 1) {
            return requests.get(0);
        }
        return new SaveFeatures(
                "",
                "",
                "",
                all(requests, SaveFeatures::links),
                all(requests, SaveFeatures::nodes),
                all(requests, SaveFeatures::polygons),
                all(requests, SaveFeatures::polylines),
                all(requests, SaveFeatures::passInfos),
                all(requests, SaveFeatures::deletions));
    }

    private static <T> List<T> all(List<SaveFeatures> requests, Function<SaveFeatures, List<T>> part) {
        return requests.stream()
                .flatMap(request -> part.apply(request).stream())
                .toList();
    }

    /** Answers saves that were made before. @return ids for the new features of the others, ascending */
    private Iterator<Long> answerThoseKnownAndTakeIds() {
        SaveKeys.Known known;
        try {
            known = SaveKeys.find(
                    entities.unwrap(Connection.class),
                    asked.stream().map(one -> one.request().key()),
                    newFeatures());
        } catch (SQLException e) {
            throw new StatementFailedException(e);
        }
        for (int place = 0; place < asked.size(); place++) {
            SaveKeys.Keyed earlier = known.used().get(asked.get(place).request().key());
            if (earlier != null) {
                results.set(place, earlier.answerTo(asked.get(place).request()));
            }
        }
        return known.newIds().iterator();
    }

    private int newFeatures() {
        int count = 0;
        Set<String> keys = new HashSet<>();
        for (Asked one : asked) {
            if (keys.add(one.request().key())) {
                count += Save.newFeatures(one.request());
            }
        }
        return count;
    }

    private void apply(int place, Iterator<Long> newIds) {
        SaveFeatures request = asked.get(place).request();
        DataSet dataSet =
                Optional.ofNullable(dataSets.get(asked.get(place).dataSet())).orElseThrow();
        SaveKeys.Keyed keyed = SaveKeys.Keyed.of(request);
        Applied before = appliedByKey.get(request.key());
        if (before != null) {
            before.keyed().requireSame(keyed);
            // Its answer is known when its numbers are.
            return;
        }
        boolean standsAlone = standsAlone(request);
        if (!standsAlone || overlaps(dataSet.id(), request)) {
            settle();
        }
        // What meets at a node is asked of the database, so this one's share of the locked features has to be told
        // apart.
        LockedFeatures locked = standsAlone || asked.size() == 1
                ? dataSet.locked()
                : LockedFeatures.of(entities, dataSet.id(), request, known.leastVersion());
        Save save = new Save(entities, request, dataSet.id(), locked, dataSet.heights(), newIds);
        try {
            save.requireVersions();
        } catch (SaveRejected e) {
            results.set(place, e.result());
            return;
        }
        save.apply();
        request.deletions().forEach(gone -> dataSet.locked().remove(gone.kind(), gone.id()));
        Applied made = new Applied(place, keyed, save);
        applied.add(made);
        unsettled.add(made);
        appliedByKey.put(request.key(), made);
        unsettledTargets.computeIfAbsent(dataSet.id(), id -> new HashSet<>()).addAll(save.targets());
        if (!standsAlone) {
            settle();
        }
    }

    /** Whether what it changes depends on no other feature, and no other on it. */
    private static boolean standsAlone(SaveFeatures request) {
        return request.links().isEmpty()
                && request.nodes().isEmpty()
                && request.passInfos().isEmpty()
                && request.deletions().stream().map(Deletion::kind).allMatch(SaveBatch::standsAlone);
    }

    private static boolean standsAlone(ElementKind kind) {
        return kind == ElementKind.POLYGON || kind == ElementKind.POLYLINE;
    }

    /** Whether it has a feature whose version is not what it will be. */
    private boolean overlaps(int dataSet, SaveFeatures request) {
        Set<Target> targets = unsettledTargets.getOrDefault(dataSet, Set.of());
        return !targets.isEmpty()
                && Stream.of(
                                request.polygons().stream()
                                        .map(polygon -> new Target(ElementKind.POLYGON, polygon.id())),
                                request.polylines().stream().map(line -> new Target(ElementKind.POLYLINE, line.id())),
                                request.deletions().stream().map(gone -> new Target(gone.kind(), gone.id())))
                        .flatMap(all -> all)
                        .anyMatch(targets::contains);
    }

    /** Writes what was changed, so that all have their new versions, and keeps these for the history. */
    private void settle() {
        if (unsettled.isEmpty()) {
            return;
        }
        entities.flush();
        unsettled.forEach(one -> one.save().settle());
        unsettled.clear();
        unsettledTargets.clear();
    }

    /** Numbers, the history, the keys: last, since from the counter on others wait. */
    private ChangeLog.Appended record() {
        Connection connection = entities.unwrap(Connection.class);
        ChangeLog.Appended appended;
        try {
            List<ChangeLog.Entry> entries = new ArrayList<>();
            applied.forEach(one -> entries.addAll(one.save().history()));
            appended = ChangeLog.append(connection, known, entries);
            if (!KnownHistory.mayCommit(appended.asked(), appended.there(), appended.made())) {
                throw new AnotherHistory(appended);
            }
            long number = appended.made().number() - entries.size();
            List<SaveKeys.Keyed> keys = new ArrayList<>();
            for (Applied one : applied) {
                number += one.save().history().size();
                SaveResult result =
                        new SaveResult(Outcome.SAVED, number, one.save().saved(), List.of(), List.of());
                results.set(one.place(), result);
                keys.add(one.keyed().with(result));
            }
            SaveKeys.keep(connection, keys);
        } catch (SQLException e) {
            throw new StatementFailedException(e);
        }
        for (int place = 0; place < asked.size(); place++) {
            if (results.get(place) == null) {
                Applied first = Optional.ofNullable(
                                appliedByKey.get(asked.get(place).request().key()))
                        .orElseThrow();
                results.set(place, results.get(first.place()));
            }
        }
        return appended;
    }

    /** The database has gone back since the last look. */
    static final class AnotherHistory extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final transient ChangeLog.Appended appended;

        AnotherHistory(ChangeLog.Appended appended) {
            super("the database has gone back", null, false, false);
            this.appended = appended;
        }

        /** What was said of its changes. */
        ChangeLog.Appended appended() {
            return appended;
        }
    }

    /** A statement of many rows failed; its cause says by its SQL state why. */
    static final class StatementFailedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        StatementFailedException(SQLException cause) {
            super("a statement failed", cause);
        }
    }
}
