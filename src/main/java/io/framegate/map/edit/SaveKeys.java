package io.framegate.map.edit;

import io.framegate.codec.RecordCodec;
import io.framegate.codec.WireReader;
import io.framegate.codec.WireWriter;
import io.framegate.map.message.SaveFeatures;
import io.framegate.map.message.SaveResult;
import io.framegate.message.Refusal;
import jakarta.persistence.EntityManager;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;

/** The keys of saves, in {@code map.save}: a key is that of one request, and has one answer. */
final class SaveKeys {

    private static final String CLAIM =
            "insert into map.save (key, digest) values (?1, ?2) on conflict (key) do nothing";
    private static final String FIND = "select digest, result from map.save where key = ?1";
    private static final String KEEP = "update map.save set result = ?1 where key = ?2";

    private static final RecordCodec<SaveFeatures> REQUESTS = RecordCodec.of(SaveFeatures.class);
    private static final RecordCodec<SaveResult> RESULTS = RecordCodec.of(SaveResult.class);
    private static final int NO_MESSAGE = 0;

    private final EntityManager entities;
    private final SaveFeatures request;

    SaveKeys(EntityManager entities, SaveFeatures request) {
        this.entities = entities;
        this.request = request;
    }

    /**
     * Takes the key for this transaction, after any other that holds it has ended.
     *
     * @return the answer that the same request had before
     * @throws Refusal for a key that another request had before
     */
    Optional<SaveResult> claim() {
        byte[] digest = digest();
        int claimed = entities.createNativeQuery(CLAIM)
                .setParameter(1, request.key())
                .setParameter(2, digest)
                .executeUpdate();
        if (claimed == 1) {
            return Optional.empty();
        }
        Object[] row = (Object[])
                entities.createNativeQuery(FIND).setParameter(1, request.key()).getSingleResult();
        if (!Arrays.equals(digest, (byte[]) row[0])) {
            throw new Refusal(
                    Refusal.Code.INVALID,
                    "Nothing was saved: the key was used for another save already. Each save has a key of its own, which"
                            + " only the same save, sent again, has too.");
        }
        byte[] result = (byte[]) row[1];
        return Optional.of(RESULTS.decode(new WireReader(NO_MESSAGE, result, 0, result.length)));
    }

    /** Keeps the answer, for the next time. */
    void keep(SaveResult result) {
        entities.createNativeQuery(KEEP)
                .setParameter(1, encode(RESULTS, result))
                .setParameter(2, request.key())
                .executeUpdate();
    }

    private byte[] digest() {
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
