package io.framegate.client;

import io.framegate.codec.Codec;
import io.framegate.codec.WireReader;
import io.framegate.codec.WireWriter;
import io.framegate.message.Compression;
import io.framegate.wire.Envelope;
import io.framegate.wire.FrameHeader;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server that does what a test tells it, frame by frame, with blocking sockets and none of the gate's own code but the
 * codec. Each connection runs the script anew.
 */
public final class ScriptedServer implements AutoCloseable {

    private static final Envelope ENVELOPE = new Envelope(1 << 28, 1);

    private final ServerSocket listener;
    private final Script script;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();

    private ScriptedServer(ServerSocket listener, Script script) {
        this.listener = listener;
        this.script = script;
    }

    /** Starts on a free port of the loopback interface. */
    public static ScriptedServer start(Script script) throws IOException {
        return start(0, script);
    }

    static ScriptedServer start(int port, Script script) throws IOException {
        var server = new ScriptedServer(new ServerSocket(port, 50, InetAddress.getLoopbackAddress()), script);
        Thread acceptor = new Thread(server::accept, "scripted-server");
        acceptor.setDaemon(true);
        acceptor.start();
        return server;
    }

    public int port() {
        return listener.getLocalPort();
    }

    int connections() {
        return connections.get();
    }

    /** Closes all; a script that failed fails the test here. */
    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        for (Throwable failure : failures) {
            throw new AssertionError("the script failed", failure);
        }
    }

    /** The frame of a message. */
    public static <T extends Record> byte[] frame(T message, Compression compression) {
        @SuppressWarnings("unchecked") // a record's class has no subclass
        Codec<T> codec = Codec.of((Class<T>) message.getClass());
        WireWriter out = new WireWriter(0, 1 << 28);
        codec.encode(message, out);
        return ENVELOPE.seal(codec.id(), out.array(), 0, out.length(), compression);
    }

    static byte[] frame(int id, byte... body) {
        byte[] frame = new byte[FrameHeader.BYTES + body.length];
        FrameHeader.put(frame, 0, id, body.length);
        System.arraycopy(body, 0, frame, FrameHeader.BYTES, body.length);
        return frame;
    }

    static byte[] concatenated(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                int number = connections.incrementAndGet();
                Thread thread = new Thread(() -> serve(socket, number), "scripted-server-" + number);
                thread.setDaemon(true);
                thread.start();
            }
        } catch (IOException closed) {
            // The end of the test.
        }
    }

    private void serve(Socket socket, int number) {
        try (socket) {
            script.serve(new Conversation(socket, number));
        } catch (IOException gone) {
            // The client closed, or the test did.
        } catch (Throwable e) {
            failures.add(e);
        }
    }

    /** What the server does on a connection; when it returns, the connection is closed. */
    @FunctionalInterface
    public interface Script {

        void serve(Conversation conversation) throws Exception;
    }

    /** A frame as it came. */
    public record Frame(int id, byte[] body) {

        /** The message in it. */
        public <T extends Record> T as(Class<T> type) {
            Codec<T> codec = Codec.of(type);
            if (codec.id() != id) {
                throw new AssertionError("message " + id + " instead of " + codec.id());
            }
            Envelope.Payload payload = ENVELOPE.open(body, 0, body.length);
            return codec.decode(new WireReader(id, payload.bytes(), payload.offset(), payload.length()));
        }
    }

    /** The server's end of a connection. */
    public static final class Conversation {

        final Socket socket;
        final int number;
        private final DataInputStream in;

        Conversation(Socket socket, int number) throws IOException {
            this.socket = socket;
            this.number = number;
            this.in = new DataInputStream(socket.getInputStream());
        }

        public Frame read() throws IOException {
            byte[] header = new byte[FrameHeader.BYTES];
            in.readFully(header);
            byte[] body = new byte[FrameHeader.bodySize(header, 0)];
            in.readFully(body);
            return new Frame(FrameHeader.id(header, 0), body);
        }

        public void write(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        public void write(Record message) throws IOException {
            write(frame(message, Compression.NONE));
        }

        /** Waits until the client closes. */
        public void awaitEnd() throws IOException {
            while (in.read() >= 0) {
                // Whatever comes is of no interest.
            }
        }
    }
}
