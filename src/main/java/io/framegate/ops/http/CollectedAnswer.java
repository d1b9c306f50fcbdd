package io.framegate.ops.http;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * An answer, whole and in memory, that can be given to several.
 *
 * @param contentType as the header has it
 * @param headers others that it needs
 */
record CollectedAnswer(int status, String contentType, Map<String, String> headers, byte[] body) {

    private static final String TEXT = "text/plain;charset=UTF-8";

    /** Answers a request by a response that is kept. */
    @FunctionalInterface
    interface Answering {

        void answer(HttpServletResponse response) throws IOException, ServletException;
    }

    /** What is answered to {@code response}, of which nothing is sent. */
    static CollectedAnswer of(HttpServletResponse response, Answering answering) throws IOException, ServletException {
        Collecting collecting = new Collecting(response);
        answering.answer(collecting);
        collecting.writer.flush();
        return new CollectedAnswer(collecting.status, collecting.contentType, Map.of(), collecting.bytes.toByteArray());
    }

    /** A sentence for a person, of a moment that is over soon. */
    static CollectedAnswer sentence(int status, String sentence) {
        return new CollectedAnswer(
                status,
                TEXT,
                Map.of("Retry-After", "1", "Cache-Control", "no-store"),
                sentence.getBytes(StandardCharsets.UTF_8));
    }

    /** Keeps what would be sent. */
    private static final class Collecting extends HttpServletResponseWrapper {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final PrintWriter writer = new PrintWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8));
        private final ServletOutputStream stream = new InMemory(bytes);
        private int status = SC_OK;
        private String contentType = TEXT;

        Collecting(HttpServletResponse response) {
            super(response);
        }

        @Override
        public void setStatus(int status) {
            this.status = status;
        }

        @Override
        public int getStatus() {
            return status;
        }

        @Override
        public void sendError(int status) {
            this.status = status;
        }

        @Override
        public void sendError(int status, String message) {
            this.status = status;
        }

        @Override
        public void setContentType(String type) {
            contentType = type;
        }

        @Override
        public String getContentType() {
            return contentType;
        }

        @Override
        public void setContentLength(int length) {
            // That of what is kept.
        }

        @Override
        public void setContentLengthLong(long length) {
            // Likewise.
        }

        @Override
        public void flushBuffer() {
            // Nothing is sent.
        }

        @Override
        public PrintWriter getWriter() {
            return writer;
        }

        @Override
        public ServletOutputStream getOutputStream() {
            return stream;
        }
    }

    private static final class InMemory extends ServletOutputStream {

        private final ByteArrayOutputStream bytes;

        InMemory(ByteArrayOutputStream bytes) {
            this.bytes = bytes;
        }

        @Override
        public void write(int one) {
            bytes.write(one);
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            bytes.write(from, offset, length);
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new IllegalStateException("nothing waits here");
        }
    }
}
