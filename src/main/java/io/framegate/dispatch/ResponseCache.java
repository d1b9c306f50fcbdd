package io.framegate.dispatch;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.framegate.message.VersionedWorker;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Caches frames of answers by their request, each with its version: see {@link VersionedWorker}.
 *
 * <p><b>Threads.</b> Any.
 *
 * <p><b>Limits.</b> Frames and requests together have at most a number of bytes, which can change at any time; 0 caches
 * nothing. A request of more than {@value #MAX_REQUEST_BYTES} bytes is not cached. Caffeine evicts by frequency and recency, so
 * a scan of areas that are each requested once does not evict the others.
 */
public final class ResponseCache {

    /** Large requests are rarely repeated. */
    static final int MAX_REQUEST_BYTES = 4096;

    /** An entry's objects, roughly. */
    private static final int OVERHEAD_BYTES = 200;

    private final Cache<Request, Answer> answers;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private volatile long maxBytes;

    /**
     * A request as it came.
     *
     * @param id of the message
     * @param zstd whether its answer may be compressed by Zstandard
     * @param body the body of its frame; nobody changes it any more
     */
    record Request(int id, boolean zstd, byte[] body) {

        @Override
        public boolean equals(Object other) {
            return other instanceof Request request
                    && request.id == id
                    && request.zstd == zstd
                    && Arrays.equals(request.body, body);
        }

        @Override
        public int hashCode() {
            return 31 * (2 * id + (zstd ? 1 : 0)) + Arrays.hashCode(body);
        }
    }

    /**
     * Equal to itself only: what an application gives for a version is asked nothing but whether it equals another version.
     *
     * @param version of what it was made from
     * @param frame ready to send; nobody changes it
     */
    private record Answer(Object version, byte[] frame) {

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    /** Keeps at most so many bytes. */
    public ResponseCache(long maxBytes) {
        this.maxBytes = maxBytes;
        this.answers = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .<Request, Answer>weigher(
                        (request, answer) -> OVERHEAD_BYTES + request.body().length + answer.frame().length)
                // What it has to tidy up the callers do, so no thread outlives the application.
                .executor(Runnable::run)
                .build();
    }

    /** Sets the maximum size in bytes, and empties the cache, as the encoding of answers may have changed too. */
    public void change(long newMaxBytes) {
        maxBytes = newMaxBytes;
        answers.invalidateAll();
        answers.policy().eviction().ifPresent(eviction -> eviction.setMaximum(newMaxBytes));
    }

    /** Whether a request of that size is cached at all. */
    boolean mayKeep(int requestBytes) {
        return maxBytes > 0 && requestBytes <= MAX_REQUEST_BYTES;
    }

    /** The cached frame of a request at this version; null on a miss. */
    byte @Nullable [] find(Request request, Object version) {
        Answer kept = answers.getIfPresent(request);
        if (kept == null || !kept.version().equals(version)) {
            misses.increment();
            return null;
        }
        hits.increment();
        return kept.frame();
    }

    /** Caches a frame, and replaces an older one. */
    void keep(Request request, Object version, byte[] frame) {
        answers.put(request, new Answer(version, frame));
    }

    /** Cache hits. */
    public long hits() {
        return hits.sum();
    }

    /** Requests of versioned workers that had to be worked. */
    public long misses() {
        return misses.sum();
    }

    /** Bytes in the cache. */
    public long bytes() {
        answers.cleanUp();
        return answers.policy()
                .eviction()
                .map(eviction -> eviction.weightedSize().orElse(0))
                .orElse(0L);
    }

    /** Answers in the cache. */
    public long size() {
        return answers.estimatedSize();
    }

    /** The most bytes. */
    public long maxBytes() {
        return maxBytes;
    }
}
