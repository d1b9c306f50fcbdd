package io.framegate.testkit;

import io.framegate.wire.FrameHeader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A plain blocking socket that knows where a frame ends: what the gate looks like to somebody else's client. */
public final class RawClient implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 20_000;

    private final Socket socket;

    public RawClient(InetSocketAddress address) throws IOException {
        this(new Socket());
        socket.connect(address, TIMEOUT_MILLIS);
    }

    /** Over a socket that is made elsewhere, one of TLS say. */
    public RawClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
    }

    public RawClient send(byte[]... chunks) throws IOException {
        for (byte[] chunk : chunks) {
            socket.getOutputStream().write(chunk);
        }
        return this;
    }

    /** Sends all bytes in pieces of this size, each in a write of its own. */
    public RawClient sendInPieces(byte[] bytes, int size) throws IOException {
        for (int from = 0; from < bytes.length; from += size) {
            socket.getOutputStream().write(bytes, from, Math.min(size, bytes.length - from));
        }
        return this;
    }

    public RawClient halfClose() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** The next frame, or null at the end of the stream. */
    public byte @Nullable [] receive() throws IOException {
        InputStream in = socket.getInputStream();
        byte[] header = in.readNBytes(FrameHeader.BYTES);
        if (header.length == 0) {
            return null;
        }
        int size = header.length == FrameHeader.BYTES ? FrameHeader.bodySize(header, 0) : -1;
        if (size < 1) {
            throw new AssertionError("a broken header: " + Arrays.toString(header));
        }
        byte[] frame = Arrays.copyOf(header, FrameHeader.BYTES + size);
        int got = in.readNBytes(frame, FrameHeader.BYTES, size);
        if (got < size) {
            throw new AssertionError("the stream ended after " + got + " of " + size + " bytes of a body");
        }
        return frame;
    }

    /** The next frame as a message. */
    public <T extends Record> T receive(Class<T> type) throws IOException {
        byte[] frame = receive();
        if (frame == null) {
            throw new AssertionError("the stream ended, a " + type.getSimpleName() + " was expected");
        }
        return Frames.message(frame, type);
    }

    /** The next frame of a connection with request ids, as a message. */
    public <T extends Record> Reply<T> receiveWithId(Class<T> type) throws IOException {
        byte[] header = socket.getInputStream().readNBytes(FrameHeader.WITH_REQUEST_ID_BYTES);
        if (header.length < FrameHeader.WITH_REQUEST_ID_BYTES) {
            throw new AssertionError("the stream ended, a " + type.getSimpleName() + " was expected");
        }
        int size = FrameHeader.bodySize(header, 0);
        byte[] frame = Arrays.copyOf(header, FrameHeader.BYTES + size);
        if (socket.getInputStream().readNBytes(frame, FrameHeader.BYTES, size) < size) {
            throw new AssertionError("the stream ended within a body of " + size + " bytes");
        }
        return new Reply<>(FrameHeader.requestId(header, 0), Frames.message(frame, type));
    }

    /** A reply on a connection with request ids. */
    public record Reply<T extends Record>(int requestId, T message) {}

    /** Whether the server has ended the stream; waits for it. */
    public boolean isAtEnd() throws IOException {
        return receive() == null;
    }

    public Socket socket() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
