package io.framegate.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * The load's end of one connection. Numbers go up by one from request to request, so a reply that is out of its turn, or
 * not what is due, shows itself: every byte of every reply is compared.
 */
final class Peer implements AutoCloseable {

    private static final int HEADER_BYTES = 8;
    private static final int REQUEST_BYTES = HEADER_BYTES + 1 + Integer.BYTES;
    private static final int TEXT_OFFSET = HEADER_BYTES + 1 + Integer.BYTES;
    private static final int PREFIX_UNITS = "welcome:".length();
    private static final long PREFIX_FIRST = fourUnits("welc");
    private static final long PREFIX_SECOND = fourUnits("ome:");

    /** Of a connection that has one request in flight. */
    static final int SMALL_BUFFER_BYTES = 256;

    private static final int BUFFER_BYTES = 64 * 1024;

    final SocketChannel channel;
    private final Target target;
    private final ByteBuffer out;
    private final ByteBuffer in;
    private final long[] sentNanos;
    private int nextSent;
    private int nextDue;

    Peer(Target target, int firstNumber, int maxInFlight) throws IOException {
        this(target, firstNumber, maxInFlight, "127.0.0.1", maxInFlight == 1 ? SMALL_BUFFER_BYTES : BUFFER_BYTES);
    }

    /** A connection from an address of its own. */
    Peer(Target target, int firstNumber, int maxInFlight, String from, int bufferBytes) throws IOException {
        this.target = target;
        this.nextSent = firstNumber;
        this.nextDue = firstNumber;
        this.sentNanos = new long[Integer.highestOneBit(Math.max(1, maxInFlight - 1)) * 2];
        this.out = ByteBuffer.allocateDirect(maxInFlight * REQUEST_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        this.in = ByteBuffer.allocateDirect(bufferBytes).order(ByteOrder.LITTLE_ENDIAN);
        channel = SocketChannel.open();
        channel.bind(new InetSocketAddress(from, 0));
        channel.connect(new InetSocketAddress("127.0.0.1", target.port()));
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    /** Sends requests, whose latency is counted from {@code sinceNanos}. */
    void request(int count, long sinceNanos) throws IOException {
        out.clear();
        for (int i = 0; i < count; i++) {
            out.putInt(target.requestId())
                    .putInt(1 + Integer.BYTES)
                    .put((byte) 'N')
                    .putInt(nextSent);
            sentNanos[nextSent++ & sentNanos.length - 1] = sinceNanos;
        }
        out.flip();
        while (out.hasRemaining()) {
            channel.write(out);
        }
    }

    /** How many more requests the book of sending times has room for. */
    int room() {
        return sentNanos.length - (nextSent - nextDue);
    }

    /**
     * Reads what has come and checks it.
     *
     * @return how many replies
     * @throws IOException if the connection has ended, or a reply is not the one that is due
     */
    int read(Result figures) throws IOException {
        if (channel.read(in) < 0) {
            throw new IOException(target.subject() + ": the server ended the stream before welcome:" + nextDue);
        }
        in.flip();
        int got = 0;
        int alike = 0; // replies to requests of one time
        long since = 0;
        long now = System.nanoTime();
        while (in.remaining() >= HEADER_BYTES
                && in.remaining() >= HEADER_BYTES + in.getInt(in.position() + Integer.BYTES)) {
            check();
            long sent = sentNanos[nextDue++ & sentNanos.length - 1];
            if (sent != since && alike > 0) {
                figures.answered(alike, now - since);
                alike = 0;
            }
            since = sent;
            alike++;
            got++;
        }
        if (alike > 0) {
            figures.answered(alike, now - since);
        }
        in.compact();
        return got;
    }

    private void check() throws IOException {
        int at = in.position();
        int bodySize = in.getInt(at + Integer.BYTES);
        int digits = 1;
        for (int rest = nextDue; rest > 9; rest /= 10) {
            digits++;
        }
        int units = PREFIX_UNITS + digits;
        boolean right = in.getInt(at) == target.responseId()
                && bodySize == 1 + Integer.BYTES + Character.BYTES * units
                && in.get(at + HEADER_BYTES) == 'N'
                && in.getInt(at + HEADER_BYTES + 1) == units
                && in.getLong(at + TEXT_OFFSET) == PREFIX_FIRST
                && in.getLong(at + TEXT_OFFSET + Long.BYTES) == PREFIX_SECOND;
        int rest = nextDue;
        for (int i = units - 1; right && i >= PREFIX_UNITS; i--) {
            right = in.getChar(at + TEXT_OFFSET + Character.BYTES * i) == '0' + rest % 10;
            rest /= 10;
        }
        if (!right) {
            throw new IOException(target.subject() + ": the reply is not welcome:" + nextDue + " but " + told(at));
        }
        in.position(at + HEADER_BYTES + bodySize);
    }

    /** The frame that begins at an offset, with its text if it has one, and how many bytes were read after it. */
    private String told(int at) {
        int bodySize = in.getInt(at + Integer.BYTES);
        int units = bodySize >= 1 + Integer.BYTES ? in.getInt(at + HEADER_BYTES + 1) : -1;
        String facts = "id=" + in.getInt(at) + " bodySize=" + bodySize;
        if (in.get(at + HEADER_BYTES) == 'N' && bodySize == 1 + Integer.BYTES + Character.BYTES * (long) units) {
            byte[] text = new byte[Character.BYTES * units];
            in.get(at + TEXT_OFFSET, text);
            facts += " \"" + new String(text, StandardCharsets.UTF_16LE) + "\"";
        }
        return facts + ", " + (nextSent - nextDue) + " requests in flight";
    }

    /** Four UTF-16LE code units as one little-endian number, so that they are compared at once. */
    private static long fourUnits(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_16LE))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
    }

    void reset() throws IOException {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.close();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
