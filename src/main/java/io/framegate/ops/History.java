package io.framegate.ops;

import jakarta.json.stream.JsonGenerator;

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

    /** All of it as the members of an object, oldest first, by columns. */
    synchronized void write(JsonGenerator json) {
        json.writeStartArray("time");
        for (int i = 0; i < size; i++) {
            json.write(times[at(i)]);
        }
        json.writeEnd();
        for (Column column : Column.values()) {
            json.writeStartArray(column.name());
            for (int i = 0; i < size; i++) {
                double rounded = rounded(values[column.ordinal()][at(i)]);
                // A double's digits would be four fifths of what is sent.
                if (rounded == Math.rint(rounded)) {
                    json.write((long) rounded);
                } else {
                    json.write(rounded);
                }
            }
            json.writeEnd();
        }
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

        /** As a member of an object. */
        void write(JsonGenerator json, String name) {
            json.writeStartObject(name);
            json.write("time", seconds);
            for (Column column : Column.values()) {
                json.write(column.name(), rounded(values[column.ordinal()]));
            }
            json.writeEnd();
        }
    }

    private static double rounded(double value) {
        return Math.rint(value * 10) / 10;
    }
}
