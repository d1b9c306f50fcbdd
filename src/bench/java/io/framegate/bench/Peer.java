package io.framegate.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;

/**
 * The load's end of one connection. Numbers go up by one from request to request, so a reply that is out of its turn, or
 * not what is due, shows itself: every byte of every reply is compared.
 */
final class Peer implements AutoCloseable {

    private static final int HEADER_BYTES = 8;
    private static final int REQUEST_BYTES = HEADER_BYTES + 1 + Integer.BYTES;
    private static final int TEXT_OFFSET = HEADER_BYTES + 1 + Integer.BYTES;
    private static final char[] PREFIX = "welcome:".toCharArray();

    final SocketChannel channel;
    private final Target target;
    private final ByteBuffer out;
    private final ByteBuffer in = ByteBuffer.allocateDirect(64 * 1024).order(ByteOrder.LITTLE_ENDIAN);
    private final long[] sentNanos;
    private int nextSent;
    private int nextDue;

    Peer(Target target, int firstNumber, int maxInFlight) throws IOException {
        this.target = target;
        this.nextSent = firstNumber;
        this.nextDue = firstNumber;
        this.sentNanos = new long[Integer.highestOneBit(Math.max(1, maxInFlight - 1)) * 2];
        this.out = ByteBuffer.allocateDirect(Math.max(64, maxInFlight) * REQUEST_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", target.port()));
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
    int read(Figures figures) throws IOException {
        if (channel.read(in) < 0) {
            throw new IOException("the server ended the stream");
        }
        in.flip();
        int got = 0;
        long now = System.nanoTime();
        while (in.remaining() >= HEADER_BYTES
                && in.remaining() >= HEADER_BYTES + in.getInt(in.position() + Integer.BYTES)) {
            check();
            figures.answered(now - sentNanos[nextDue++ & sentNanos.length - 1]);
            got++;
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
        int units = PREFIX.length + digits;
        boolean right = in.getInt(at) == target.responseId()
                && bodySize == 1 + Integer.BYTES + 2 * units
                && in.get(at + HEADER_BYTES) == 'N'
                && in.getInt(at + HEADER_BYTES + 1) == units;
        for (int i = 0; right && i < PREFIX.length; i++) {
            right = in.getChar(at + TEXT_OFFSET + 2 * i) == PREFIX[i];
        }
        int rest = nextDue;
        for (int i = units - 1; right && i >= PREFIX.length; i--) {
            right = in.getChar(at + TEXT_OFFSET + 2 * i) == '0' + rest % 10;
            rest /= 10;
        }
        if (!right) {
            throw new IOException(
                    "the reply is not welcome:" + nextDue + " but id=" + in.getInt(at) + " bodySize=" + bodySize);
        }
        in.position(at + HEADER_BYTES + bodySize);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
