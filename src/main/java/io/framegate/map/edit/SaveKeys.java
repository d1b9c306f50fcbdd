package io.framegate.map.edit;

import io.framegate.codec.RecordCodec;
import io.framegate.codec.WireReader;
import io.framegate.codec.WireWriter;
import io.framegate.map.message.SaveFeatures;
import io.framegate.map.message.SaveResult;
import io.framegate.message.Refusal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The keys of saves, in {@code map.save}: a key is that of one request, and has one answer. */
final class SaveKeys {

    private static final String FIND = "select key, digest, result, null::bigint from map.save where key = any (?)"
            + " union all select null, null, null, id from map.new_feature_ids(?) id";
    private static final String KEEP = "insert into map.save (key, digest, result) select * from unnest(?, ?, ?)"
            + " on conflict (key) do nothing";

    private static final RecordCodec<SaveFeatures> REQUESTS = RecordCodec.of(SaveFeatures.class);
    private static final RecordCodec<SaveResult> RESULTS = RecordCodec.of(SaveResult.class);
    private static final int NO_MESSAGE = 0;

    private SaveKeys() {}

    /**
     * A key, the request that has it, and its answer.
     *
     * @param digest SHA-256 of the request
     * @param result the encoded answer; empty as long as there is none
     */
    record Keyed(String key, byte[] digest, byte[] result) {

        static Keyed of(SaveFeatures request) {
            return new Keyed(request.key(), digestOf(request), new byte[0]);
        }

        Keyed with(SaveResult answer) {
            return new Keyed(key, digest, encode(RESULTS, answer));
        }

        /**
         * The answer that the request had before.
         *
         * @throws Refusal if it was another one
         */
        SaveResult answerTo(SaveFeatures request) {
            requireSame(of(request));
            return RESULTS.decode(new WireReader(NO_MESSAGE, result, 0, result.length));
        }

        /**
         * @throws Refusal if the same key is that of another request
         */
        void requireSame(Keyed other) {
            if (!Arrays.equals(digest, other.digest)) {
                throw new Refusal(
                        Refusal.Code.INVALID,
                        "Nothing was saved: the key was used for another save already. Each save has a key of its own,"
                                + " which only the same save, sent again, has too.");
            }
        }
    }

    /**
     * What there is to know before saves are made, in one statement.
     *
     * @param used those of the keys that were used, with their answers
     * @param newIds ids that no feature has, ascending
     */
    record Known(Map<String, Keyed> used, List<Long> newIds) {}

    /**
     * Looks keys up, and takes ids for new features.
     *
     * @param ids how many ids; those that turn out not to be needed are lost
     */
    static Known find(Connection connection, Stream<String> keys, int ids) throws SQLException {
        Known known = new Known(new HashMap<>(), new ArrayList<>());
        try (PreparedStatement statement = connection.prepareStatement(FIND)) {
            new Columns(connection, statement).set(1, "text", keys);
            statement.setInt(2, ids);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    String key = row.getString(1);
                    if (key == null) {
                        known.newIds().add(row.getLong(4));
                    } else {
                        known.used().put(key, new Keyed(key, row.getBytes(2), row.getBytes(3)));
                    }
                }
            }
        }
        return known;
    }

    /**
     * Keeps answers for the next time. The caller holds the counter of changes, so that no other save is about to do so.
     *
     * @throws TakenMeanwhile if one of the keys was used since it was looked up
     */
    static void keep(Connection connection, List<Keyed> keyed) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(KEEP)) {
            Columns columns = new Columns(connection, statement);
            columns.set(1, "text", keyed.stream().map(Keyed::key));
            columns.set(2, "bytea", keyed.stream().map(Keyed::digest).toArray(byte[][]::new));
            columns.set(3, "bytea", keyed.stream().map(Keyed::result).toArray(byte[][]::new));
            if (statement.executeUpdate() < keyed.size()) {
                throw new TakenMeanwhile();
            }
        }
    }

    /** Rolls back: the same save was made elsewhere meanwhile, and its answer is to be found. Without a stack trace. */
    static final class TakenMeanwhile extends RuntimeException {

        private static final long serialVersionUID = 1L;

        TakenMeanwhile() {
            super("a key was used meanwhile", null, false, false);
        }
    }

    private static byte[] digestOf(SaveFeatures request) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(encode(REQUESTS, request));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static <T extends Record> byte[] encode(RecordCodec<T> codec, T message) {
        WireWriter out = new WireWriter(0, Integer.MAX_VALUE - Long.BYTES);
        codec.encode(message, out);
        return Arrays.copyOf(out.array(), out.length());
    }
}
