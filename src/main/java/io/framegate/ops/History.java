package io.framegate.ops;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;

/**
 * The last hour in samples of a second, in a ring that takes 200 KB and no more.
 *
 * <pre>
 *  time         when each sample was taken, in seconds since 1970
 *  requests     per second, and so are errors, bytesIn and bytesOut
 *  connections  open at that moment; so are busy (workers), outstanding (requests waiting or in work), heap (bytes)
 *  p50, p99, p999, waitP99   of that second, in microseconds; -1 where no request was timed
 * </pre>
 */
final class History {

    /** What is kept of each second, in this order. */
    enum Column {
        requests,
        errors,
        bytesIn,
        bytesOut,
        connections,
        busy,
        outstanding,
        heap,
        p50,
        p99,
        p999,
        waitP99
    }

    private static final int SECONDS = 3600;

    // Guarded by this.
    private final double[] times = new double[SECONDS];
    private final float[][] values = new float[Column.values().length][SECONDS];
    private int next;
    private int size;

    synchronized void add(Sample sample) {
        times[next] = sample.seconds();
        for (Column column : Column.values()) {
            values[column.ordinal()][next] = (float) sample.values()[column.ordinal()];
        }
        next = (next + 1) % SECONDS;
        size = Math.min(size + 1, SECONDS);
    }

    /** All of it, oldest first, by columns. */
    synchronized JsonObject json() {
        JsonArrayBuilder time = Json.createArrayBuilder();
        for (int i = 0; i < size; i++) {
            time.add(times[at(i)]);
        }
        JsonObjectBuilder object = Json.createObjectBuilder().add("time", time);
        for (Column column : Column.values()) {
            JsonArrayBuilder array = Json.createArrayBuilder();
            for (int i = 0; i < size; i++) {
                Sample.add(array, values[column.ordinal()][at(i)]);
            }
            object.add(column.name(), array);
        }
        return object.build();
    }

    private int at(int index) {
        return (next - size + index + SECONDS) % SECONDS;
    }

    /**
     * One second.
     *
     * @param seconds since 1970
     * @param values in the order of {@link Column}
     */
    record Sample(double seconds, double[] values) {

        JsonObjectBuilder json() {
            JsonObjectBuilder object = Json.createObjectBuilder().add("time", seconds);
            for (Column column : Column.values()) {
                object.add(column.name(), rounded(values[column.ordinal()]));
            }
            return object;
        }

        /** A double's digits would be four fifths of what is sent. */
        static void add(JsonArrayBuilder array, double value) {
            double rounded = rounded(value);
            if (rounded == Math.rint(rounded)) {
                array.add((long) rounded);
            } else {
                array.add(rounded);
            }
        }

        private static double rounded(double value) {
            return Math.rint(value * 10) / 10;
        }
    }
}
