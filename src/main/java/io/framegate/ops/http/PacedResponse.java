package io.framegate.ops.http;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A response that ends where its client takes next to nothing of it: less than {@value #LEAST_BYTES_PER_SECOND} bytes a second
 * on average over {@value #WINDOW_SECONDS} s of waiting for it. One that takes nothing at all the container ends by its own
 * time-out of writes, which {@code preboot.asadmin} sets.
 */
final class PacedResponse extends HttpServletResponseWrapper {

    static final int WINDOW_SECONDS = 10;
    static final int LEAST_BYTES_PER_SECOND = 16 * 1024;

    private @Nullable Paced paced;

    PacedResponse(HttpServletResponse response) {
        super(response);
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        Paced opened = paced;
        if (opened == null) {
            opened = new Paced(super.getOutputStream());
            paced = opened;
        }
        return opened;
    }

    /** Whether a write has failed: its client has gone, or takes next to nothing. */
    boolean isNotTaken() {
        return paced != null && paced.failed;
    }

    /** Counts how long its writes wait. Used by one thread at a time, as its stream is. */
    private static final class Paced extends ServletOutputStream {

        private static final int PIECE_BYTES = 16 * 1024;
        private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(WINDOW_SECONDS);

        private final ServletOutputStream stream;
        private long waitedNanos;
        private long taken;
        private boolean failed;

        Paced(ServletOutputStream stream) {
            this.stream = stream;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            for (int from = offset; from < offset + length; from += PIECE_BYTES) {
                int size = Math.min(PIECE_BYTES, offset + length - from);
                long begun = System.nanoTime();
                try {
                    stream.write(bytes, from, size);
                    took(size, System.nanoTime() - begun);
                } catch (IOException e) {
                    failed = true;
                    throw e;
                }
            }
        }

        private void took(int size, long nanos) throws IOException {
            taken += size;
            waitedNanos += nanos;
            if (waitedNanos >= WINDOW_NANOS) {
                if (taken < (long) LEAST_BYTES_PER_SECOND * WINDOW_SECONDS) {
                    throw new IOException("the client takes its answer too slowly");
                }
                waitedNanos = 0;
                taken = 0;
            }
        }

        @Override
        public void flush() throws IOException {
            try {
                stream.flush();
            } catch (IOException e) {
                failed = true;
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }

        @Override
        public boolean isReady() {
            return stream.isReady();
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            stream.setWriteListener(listener);
        }
    }
}
