package io.framegate.map.load;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;

/**
 * The rows of one kind of feature, on disk until the whole map file is read: put in as they come, given back in Morton
 * order, in PostgreSQL's binary COPY format. In memory stay 16 bytes a row, and 20 more while they are given back.
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
    private long[] mortonCodes = new long[FIRST_ROWS];
    /** Where each row begins, and, one further, where the last one ends. */
    private long[] offsets = new long[FIRST_ROWS + 1];

    private int rows;

    /** Takes one row. */
    @FunctionalInterface
    interface RowConsumer<E extends Exception> {
        void accept(byte[] buffer, int length) throws IOException, E;
    }

    /** Makes the file, in the system's directory for temporary files; it is gone when the spool or the JVM is. */
    FeatureSpool(FeatureTable table) throws IOException {
        Path path = Files.createTempFile("framegate-" + table.tableName() + "-", ".rows");
        this.file = FileChannel.open(
                path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
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

    FeatureSpool bytes(byte[] value, int length) {
        write(() -> {
            row.writeInt(length);
            row.write(value, 0, length);
        });
        return this;
    }

    /** Ends the row. */
    void end(long mortonCode) throws IOException {
        if (rows == mortonCodes.length) {
            int size = Math.addExact(rows, rows / 2);
            mortonCodes = Arrays.copyOf(mortonCodes, size);
            offsets = Arrays.copyOf(offsets, size + 1);
        }
        mortonCodes[rows] = mortonCode;
        offsets[rows + 1] = offsets[rows] + rowBytes.size();
        rows++;
        rowBytes.writeTo(out);
    }

    /** Gives all rows back, in Morton order; the buffer is the same each time. */
    <E extends Exception> void forEach(RowConsumer<E> consumer) throws IOException, E {
        out.flush();
        Integer[] order = new Integer[rows];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparing(i -> mortonCodes[i], Long::compareUnsigned));
        byte[] buffer = new byte[WRITE_BUFFER_BYTES];
        for (int i : order) {
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
