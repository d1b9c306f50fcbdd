package io.framegate.testkit;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Stands between a server and its PostgreSQL: every byte goes through as it is, until it is told to cut. It knows where a
 * message of PostgreSQL's protocol (version 3) ends, so it cuts a connection exactly before a COMMIT reaches the database,
 * or exactly before its confirmation reaches the server. Its own port stays the same while the database's changes.
 */
public final class DatabaseProxy implements AutoCloseable {

    private static final int SSL_REQUEST = 80877103;
    private static final int GSS_REQUEST = 80877104;
    private static final int MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

    /** Where a connection is cut. */
    public enum Cut {
        NOWHERE,
        /** The database never hears of the commit. */
        BEFORE_COMMIT,
        /** The database has committed, the server is not told. */
        AFTER_COMMIT
    }

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final AtomicReference<Cut> next = new AtomicReference<>(Cut.NOWHERE);
    private final AtomicInteger cuts = new AtomicInteger();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile int target;
    private volatile String marker = "";

    /**
     * Opens it.
     *
     * @param target the database's port
     */
    public DatabaseProxy(int target) throws IOException {
        this.target = target;
        start("accept", this::accept);
    }

    /** Its own port. */
    public int port() {
        return listener.getLocalPort();
    }

    /** New connections go to this port of the database. */
    public void target(int port) {
        target = port;
    }

    /**
     * Cuts the next connection that gets there, once.
     *
     * @param statement a part of one that the transaction must have, so that it is not somebody else's
     */
    public void cutNext(Cut where, String statement) {
        marker = statement;
        next.set(where);
    }

    /** How often it has cut. */
    public int cuts() {
        return cuts.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, "database-proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket server = listener.accept();
                try {
                    Link link = new Link(server, new Socket(InetAddress.getLoopbackAddress(), target));
                    start("to-database", () -> link.run(link::toDatabase));
                    start("to-server", () -> link.run(link::toServer));
                } catch (IOException e) {
                    // No database there: what a refused connection looks like from here.
                    server.close();
                }
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    /** One connection: to the database in one thread, back in another. */
    private final class Link {

        private final Socket server;
        private final Socket database;
        private volatile boolean encryptionAsked;

        /** Whether the commit on its way is that of a transaction with the statement. */
        private volatile boolean commitIsMarked;

        Link(Socket server, Socket database) throws IOException {
            this.server = server;
            this.database = database;
            server.setTcpNoDelay(true);
            database.setTcpNoDelay(true);
            open.add(server);
            open.add(database);
        }

        /** What a direction does until the end of its stream. */
        @FunctionalInterface
        private interface Direction {
            void pump() throws IOException;
        }

        void run(Direction direction) {
            try {
                direction.pump();
            } catch (IOException e) {
                // The end of one side is the end of the other.
            } finally {
                end();
            }
        }

        private void end() {
            for (Socket socket : new Socket[] {server, database}) {
                open.remove(socket);
                try {
                    socket.close();
                } catch (IOException e) {
                    // It is closed.
                }
            }
        }

        private boolean isCut(Cut here) {
            if (next.compareAndSet(here, Cut.NOWHERE)) {
                cuts.incrementAndGet();
                return true;
            }
            return false;
        }

        /** Messages before the start have no type. */
        void toDatabase() throws IOException {
            DataInputStream in = new DataInputStream(new BufferedInputStream(server.getInputStream()));
            DataOutputStream out = new DataOutputStream(new BufferedOutputStream(database.getOutputStream()));
            boolean started = false;
            while (!started) {
                byte[] body = body(in);
                int code = ByteBuffer.wrap(body).getInt();
                encryptionAsked = code == SSL_REQUEST || code == GSS_REQUEST;
                started = !encryptionAsked;
                out.writeInt(body.length + Integer.BYTES);
                out.write(body);
                out.flush();
            }
            Map<String, String> statements = new HashMap<>();
            boolean marked = false;
            while (true) {
                byte type = in.readByte();
                byte[] body = body(in);
                if (type == 'P') {
                    String[] texts = texts(body);
                    statements.put(texts[0], texts[1]);
                } else if (type == 'B') {
                    String statement = statements.getOrDefault(texts(body)[1], "");
                    if (statement.equalsIgnoreCase("COMMIT")) {
                        if (marked && isCut(Cut.BEFORE_COMMIT)) {
                            return;
                        }
                        commitIsMarked = marked;
                        marked = false;
                    } else {
                        marked |= statement.contains(marker);
                    }
                }
                pass(out, type, body, in);
            }
        }

        void toServer() throws IOException {
            DataInputStream in = new DataInputStream(new BufferedInputStream(database.getInputStream()));
            DataOutputStream out = new DataOutputStream(new BufferedOutputStream(server.getOutputStream()));
            while (true) {
                byte type = in.readByte();
                if (encryptionAsked) {
                    // Its answer is one byte: no.
                    encryptionAsked = false;
                    out.write(type);
                    out.flush();
                    continue;
                }
                byte[] body = body(in);
                if (type == 'C' && commitIsMarked && texts(body)[0].equals("COMMIT") && isCut(Cut.AFTER_COMMIT)) {
                    return;
                }
                pass(out, type, body, in);
            }
        }

        private static void pass(DataOutputStream out, byte type, byte[] body, DataInputStream in) throws IOException {
            out.writeByte(type);
            out.writeInt(body.length + Integer.BYTES);
            out.write(body);
            if (in.available() == 0) {
                out.flush();
            }
        }

        private static byte[] body(DataInputStream in) throws IOException {
            int length = in.readInt() - Integer.BYTES;
            if (length < 0 || length > MAX_MESSAGE_BYTES) {
                throw new IOException("a message of " + length + " bytes");
            }
            byte[] body = in.readNBytes(length);
            if (body.length < length) {
                throw new EOFException();
            }
            return body;
        }

        /** The first two texts of a message, each of which ends with a zero; empty where there is none. */
        private static String[] texts(byte[] body) {
            String[] parts = new String(body, StandardCharsets.ISO_8859_1).split("\0", 3);
            return new String[] {parts[0], parts.length > 1 ? parts[1] : ""};
        }
    }
}
