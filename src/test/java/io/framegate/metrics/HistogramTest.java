package io.framegate.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistogramTest {

    private static final double PRECISION = 0.032;

    private final Histogram histogram = new Histogram();

    @ParameterizedTest
    @ValueSource(doubles = {0.001, 0.5, 0.9, 0.99, 0.999, 1})
    void findsQuantilesOfAnyDistributionToThreePercent(double part) {
        var random = new SplittableRandom(20261124);
        long[] times = new long[100_000];
        for (int i = 0; i < times.length; i++) {
            // From nanoseconds to minutes, as likely in each power of two.
            times[i] = (long) Math.pow(2, random.nextDouble(39));
            histogram.record(times[i], 1);
        }
        Arrays.sort(times);
        long exact = times[(int) Math.ceil(part * times.length) - 1];
        assertEquals(exact, histogram.counts().quantile(part), Math.max(1, exact * PRECISION));
    }

    @Test
    void countsWeightsAndDifferences() {
        histogram.record(1_000, 16);
        Histogram.Counts before = histogram.counts();
        histogram.record(1_000_000, 1);
        assertEquals(17, histogram.counts().total());
        Histogram.Counts since = histogram.counts().since(before);
        assertEquals(1, since.total());
        assertEquals(1_000_000, since.quantile(0.5), 32_000);
        assertEquals(17, before.plus(since).total());
        assertEquals(16, histogram.counts().atMost(10_000));
        assertEquals(17, histogram.counts().atMost(10_000_000));
    }

    @Test
    void takesTimesOutOfRangeForItsEnds() {
        histogram.record(-5, 1);
        assertEquals(0, histogram.counts().quantile(1));
        histogram.record(Long.MAX_VALUE, 1);
        assertEquals(1L << 40, histogram.counts().quantile(1), (1L << 40) * PRECISION);
        assertEquals(0, Histogram.Counts.none().quantile(0.99));
    }

    @Test
    void countsAnewAfterAReset() {
        assertEquals(0, histogram.counts().total());
        histogram.record(1_000, 3);
        Histogram.Counts before = histogram.counts();
        histogram.reset();
        assertEquals(0, histogram.counts().total());
        assertEquals(0, histogram.counts().quantile(0.5));
        histogram.record(2_000, 2);
        assertEquals(2, histogram.counts().total());
        assertEquals(2, histogram.counts().since(before).total());
        assertEquals(5, histogram.counts().plus(before).total());
    }

    @Test
    void concurrentRecordsAreNotLost() throws Exception {
        int threads = 4;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        var start = new CountDownLatch(1);
        List<Future<?>> done = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            done.add(executor.submit(() -> {
                start.await();
                for (int i = 0; i < 50_000; i++) {
                    histogram.record(i % 3, 2);
                }
                return null;
            }));
        }
        start.countDown();
        for (Future<?> one : done) {
            one.get();
        }
        executor.shutdown();
        assertEquals(threads * 100_000L, histogram.counts().total());
    }
}
