package io.framegate.ops.http;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UnsupportedEncodingException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * A request whose body has been read, whole, into memory.
 *
 * <p><b>Limits.</b> So many bytes and no more, until a deadline; what is announced gets no room before it comes. A read that
 * waits when the deadline comes ends by the container's own time-out of reads, which {@code preboot.asadmin} sets.
 */
final class CollectedBody extends HttpServletRequestWrapper {

    private static final int PIECE_BYTES = 4096;

    private final byte[] body;
    private Optional<ServletInputStream> opened = Optional.empty(); // the request's thread's own

    private CollectedBody(HttpServletRequest request, byte[] body) {
        super(request);
        this.body = body;
    }

    /**
     * Reads the body.
     *
     * @param limit bytes
     * @param time from now on
     * @throws TooLargeException where it has more; the others are not read
     * @throws SocketTimeoutException where it is not whole by then
     * @throws IOException where the client has gone, or sends what is no body
     */
    static HttpServletRequest of(HttpServletRequest request, int limit, Duration time)
            throws TooLargeException, IOException {
        long begun = System.nanoTime();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] piece = new byte[PIECE_BYTES];
        ServletInputStream stream = request.getInputStream();
        for (int read = stream.read(piece); read >= 0; read = stream.read(piece)) {
            bytes.write(piece, 0, read);
            if (bytes.size() > limit) {
                throw new TooLargeException();
            }
            if (System.nanoTime() - begun > time.toNanos()) {
                throw new SocketTimeoutException("a body that drips");
            }
        }
        return new CollectedBody(request, bytes.toByteArray());
    }

    /** A body of more bytes than may be. */
    static final class TooLargeException extends Exception {

        private static final long serialVersionUID = 1L;

        private TooLargeException() {
            super("a body beyond its limit", null, false, false);
        }
    }

    @Override
    public ServletInputStream getInputStream() {
        if (opened.isEmpty()) {
            opened = Optional.of(new InMemory(new ByteArrayInputStream(body)));
        }
        return opened.get();
    }

    @Override
    public BufferedReader getReader() throws UnsupportedEncodingException {
        String encoding = getCharacterEncoding();
        return new BufferedReader(new InputStreamReader(
                getInputStream(), encoding == null ? StandardCharsets.ISO_8859_1.name() : encoding));
    }

    /** Bytes in memory as the stream of a request. */
    private static final class InMemory extends ServletInputStream {

        private final ByteArrayInputStream bytes;

        InMemory(ByteArrayInputStream bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read() {
            return bytes.read();
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            return bytes.read(into, offset, length);
        }

        @Override
        public int available() {
            return bytes.available();
        }

        @Override
        public boolean isFinished() {
            return bytes.available() == 0;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new IllegalStateException("the body is there already: read it");
        }
    }
}
