package io.framegate.map.load;

import io.framegate.map.store.Box;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;

/**
 * Rows on their way into one table, on disk until all are there: put in as they come, given back in an order that is told
 * with each, in PostgreSQL's binary COPY format. In memory stay 16 bytes a row, and 20 more while they are given back.
 *
 * <pre>
 *  row    int16 count of columns, then each column: int32 size, that many bytes; all big-endian
 * </pre>
 *
 * Filled by one thread, then read by one.
 */
final class FeatureSpool implements Closeable {

    private static final int FIRST_ROWS = 1024;
    private static final int WRITE_BUFFER_BYTES = 64 * 1024;

    private final FileChannel file;
    private final OutputStream out;
    private final ByteArrayOutputStream rowBytes = new ByteArrayOutputStream();
    private final DataOutputStream row = new DataOutputStream(rowBytes);
    private long[] orders = new long[FIRST_ROWS];
    /** Where each row begins, and, one further, where the last one ends. */
    private long[] offsets = new long[FIRST_ROWS + 1];

    private int rows;

    /** Takes one row. */
    @FunctionalInterface
    interface RowConsumer<E extends Exception> {
        void accept(byte[] buffer, int length) throws IOException, E;
    }

    /** Makes the file, in the system's directory for temporary files; it is gone when the spool or the JVM is. */
    FeatureSpool(String tableName) throws IOException {
        this(TemporaryFile.DIRECTORY, tableName);
    }

    FeatureSpool(Path directory, String tableName) throws IOException {
        this.file = TemporaryFile.open(directory, "framegate-" + tableName + "-");
        this.out = new BufferedOutputStream(Channels.newOutputStream(file), WRITE_BUFFER_BYTES);
    }

    int rows() {
        return rows;
    }

    /** Begins a row. */
    FeatureSpool row(int columns) {
        rowBytes.reset();
        write(() -> row.writeShort(columns));
        return this;
    }

    FeatureSpool int16(int value) {
        write(() -> {
            row.writeInt(Short.BYTES);
            row.writeShort(value);
        });
        return this;
    }

    FeatureSpool int32(int value) {
        write(() -> {
            row.writeInt(Integer.BYTES);
            row.writeInt(value);
        });
        return this;
    }

    FeatureSpool int64(long value) {
        write(() -> {
            row.writeInt(Long.BYTES);
            row.writeLong(value);
        });
        return this;
    }

    FeatureSpool text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return bytes(utf8, utf8.length);
    }

    /** A box of the database's, which begins with its north-eastern corner. */
    FeatureSpool box(Box value) {
        write(() -> {
            row.writeInt(4 * Double.BYTES);
            row.writeDouble(value.east());
            row.writeDouble(value.north());
            row.writeDouble(value.west());
            row.writeDouble(value.south());
        });
        return this;
    }

    FeatureSpool bytes(byte[] value, int length) {
        write(() -> {
            row.writeInt(length);
            row.write(value, 0, length);
        });
        return this;
    }

    /** Bytes that are no column. */
    FeatureSpool raw(byte[] value) {
        write(() -> row.write(value));
        return this;
    }

    /** Ends the row. @param order where it comes when rows are given back, as an unsigned number */
    void end(long order) throws IOException {
        if (rows == orders.length) {
            int size = Math.addExact(rows, rows / 2);
            orders = Arrays.copyOf(orders, size);
            offsets = Arrays.copyOf(offsets, size + 1);
        }
        orders[rows] = order;
        offsets[rows + 1] = offsets[rows] + rowBytes.size();
        rows++;
        TemporaryFile.write(() -> rowBytes.writeTo(out));
    }

    /** Gives all rows back, in order; the buffer is the same each time, and the consumer's to change. */
    <E extends Exception> void forEach(RowConsumer<E> consumer) throws IOException, E {
        TemporaryFile.write(out::flush);
        Integer[] inOrder = new Integer[rows];
        Arrays.setAll(inOrder, i -> i);
        Arrays.sort(inOrder, Comparator.comparing(i -> orders[i], Long::compareUnsigned));
        byte[] buffer = new byte[WRITE_BUFFER_BYTES];
        for (int i : inOrder) {
            int length = Math.toIntExact(offsets[i + 1] - offsets[i]);
            if (length > buffer.length) {
                buffer = new byte[length];
            }
            ByteBuffer target = ByteBuffer.wrap(buffer, 0, length);
            while (target.hasRemaining()) {
                if (file.read(target, offsets[i] + target.position()) < 0) {
                    throw new IOException("the spooled rows are cut short");
                }
            }
            consumer.accept(buffer, length);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private static void write(Write write) {
        try {
            write.run();
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
    }

    @FunctionalInterface
    private interface Write {
        void run() throws IOException;
    }
}
