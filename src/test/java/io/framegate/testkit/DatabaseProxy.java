package io.framegate.testkit;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Stands between a server and its PostgreSQL: every byte goes through as it is, until it is told to cut. It knows where a
 * message of PostgreSQL's protocol (version 3) ends, so it cuts a connection exactly before a COMMIT reaches the database,
 * or exactly before its confirmation reaches the server. Its own port stays the same while the database's changes.
 */
public final class DatabaseProxy extends TcpProxy {

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

    private final AtomicReference<Cut> next = new AtomicReference<>(Cut.NOWHERE);
    private final AtomicInteger cuts = new AtomicInteger();
    private volatile String marker = "";
    private volatile boolean losing;

    /**
     * Opens it.
     *
     * @param target the database's port
     */
    public DatabaseProxy(int target) throws IOException {
        super("database-proxy", local(target));
        start();
    }

    private static InetSocketAddress local(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Its own port. */
    public int port() {
        return address().getPort();
    }

    /** New connections go to this port of the database. */
    public void target(int port) {
        target(local(port));
    }

    /**
     * Cuts the next connection that gets there, once.
     *
     * @param statement a part of one that the transaction must have, so that it is not somebody else's
     */
    public void cutNext(Cut where, String statement) {
        losing = false;
        marker = statement;
        next.set(where);
    }

    /** The same, but all connections are {@linkplain #lose lost} there, and none is cut. */
    public void loseNext(Cut where, String statement) {
        losing = true;
        marker = statement;
        next.set(where);
    }

    private void cut() throws IOException {
        if (!losing) {
            throw new IOException("cut");
        }
        lose();
    }

    /** How often it has cut. */
    public int cuts() {
        return cuts.get();
    }

    @Override
    protected void connected(Socket server, Socket database) {
        Link link = new Link(server, database);
        carry("to-database", server, database, link::toDatabase);
        carry("to-server", server, database, link::toServer);
    }

    /** One connection: to the database in one thread, back in another. */
    private final class Link {

        private final Socket server;
        private final Socket database;
        private volatile boolean encryptionAsked;

        /** Whether the commit on its way is that of a transaction with the statement. */
        private volatile boolean commitIsMarked;

        Link(Socket server, Socket database) {
            this.server = server;
            this.database = database;
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
                holdWhileSilent();
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
                            cut();
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
                    holdWhileSilent();
                    out.write(type);
                    out.flush();
                    continue;
                }
                byte[] body = body(in);
                if (type == 'C' && commitIsMarked && texts(body)[0].equals("COMMIT") && isCut(Cut.AFTER_COMMIT)) {
                    cut();
                }
                pass(out, type, body, in);
            }
        }

        private void pass(DataOutputStream out, byte type, byte[] body, DataInputStream in) throws IOException {
            holdWhileSilent();
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
