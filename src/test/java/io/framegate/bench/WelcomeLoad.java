package io.framegate.bench;

import io.framegate.testkit.Frames;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.wire.FrameHeader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A closed loop of {@link WelcomeRequest}s: some connections, each with some requests in flight, every reply compared byte
 * for byte with the one that is due. Ends after the given time, or at the first wrong byte.
 *
 * <pre>
 * WelcomeLoad HOST PORT CONNECTIONS IN_FLIGHT SECONDS [THREADS]
 * </pre>
 *
 * Prints one line: requests answered, errors, requests per second, latency percentiles in microseconds.
 */
public final class WelcomeLoad {

    private static final int MAX_MICROS = 10_000_000;

    private final InetSocketAddress address;
    private final int inFlight;
    private final long endNanos;

    private WelcomeLoad(InetSocketAddress address, int inFlight, long endNanos) {
        this.address = address;
        this.inFlight = inFlight;
        this.endNanos = endNanos;
    }

    /** Runs the load; ends with status 1 where a reply was wrong or a connection broke. */
    public static void main(String[] args) throws Exception {
        if (args.length < 5) {
            System.err.println("WelcomeLoad HOST PORT CONNECTIONS IN_FLIGHT SECONDS [THREADS]");
            System.exit(2);
        }
        int connections = Integer.parseInt(args[2]);
        int seconds = Integer.parseInt(args[4]);
        int threads = args.length > 5 ? Integer.parseInt(args[5]) : 1;
        long begun = System.nanoTime();
        WelcomeLoad load = new WelcomeLoad(
                new InetSocketAddress(args[0], Integer.parseInt(args[1])),
                Integer.parseInt(args[3]),
                begun + seconds * 1_000_000_000L);
        List<Loop> loops = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Loop loop = load.new Loop(connections / threads + (i < connections % threads ? 1 : 0), i);
            loops.add(loop);
            loop.start();
        }
        long[] micros = new long[100_001];
        long answered = 0;
        List<String> errors = new ArrayList<>();
        for (Loop loop : loops) {
            loop.join();
            answered += loop.answered;
            errors.addAll(loop.errors);
            for (int i = 0; i < micros.length; i++) {
                micros[i] += loop.micros[i];
            }
        }
        double elapsed = (System.nanoTime() - begun) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%d connections x %d in flight, %.1f s: %d answered, %d errors, %.0f requests/s, p50 %d µs, p99 %d µs%n",
                connections,
                load.inFlight,
                elapsed,
                answered,
                errors.size(),
                answered / elapsed,
                percentile(micros, answered, 0.50),
                percentile(micros, answered, 0.99));
        errors.stream().limit(10).forEach(System.out::println);
        System.exit(errors.isEmpty() ? 0 : 1);
    }

    private static int percentile(long[] micros, long count, double part) {
        long left = (long) (count * part);
        for (int i = 0; i < micros.length; i++) {
            left -= micros[i];
            if (left < 0) {
                return i;
            }
        }
        return micros.length - 1;
    }

    /** One thread with its share of the connections. */
    private final class Loop extends Thread {

        final long[] micros = new long[100_001];
        final List<String> errors = new ArrayList<>();
        private final int connections;
        private final int first;
        long answered;

        Loop(int connections, int index) {
            super("load-" + index);
            this.connections = connections;
            this.first = index * 1_000_000;
        }

        @Override
        public void run() {
            try (Selector selector = Selector.open()) {
                List<Peer> peers = new ArrayList<>();
                for (int i = 0; i < connections; i++) {
                    Peer peer = new Peer(first + i * 1000);
                    peers.add(peer);
                    peer.channel.register(selector, SelectionKey.OP_READ, peer);
                    peer.request(inFlight);
                }
                while (System.nanoTime() < endNanos && errors.isEmpty()) {
                    selector.select(
                            key -> {
                                Peer peer = (Peer) key.attachment();
                                try {
                                    peer.read();
                                } catch (IOException e) {
                                    errors.add("connection broke: " + e.getMessage());
                                    key.cancel();
                                }
                            },
                            100);
                }
                for (Peer peer : peers) {
                    peer.channel.close();
                }
            } catch (IOException e) {
                errors.add("can't connect: " + e.getMessage());
            }
        }

        /** One connection: numbers go up, so that a reply out of its turn shows itself. */
        private final class Peer {

            final SocketChannel channel = SocketChannel.open(address);
            private final ByteBuffer out = ByteBuffer.allocateDirect(64 * 1024).order(ByteOrder.LITTLE_ENDIAN);
            private final ByteBuffer in = ByteBuffer.allocateDirect(64 * 1024).order(ByteOrder.LITTLE_ENDIAN);
            private final long[] sentNanos = new long[inFlight];
            private final byte[] template = Frames.of(new WelcomeRequest(0));
            private byte[] text = new byte[64];
            private int nextSent;
            private int nextDue;

            Peer(int firstNumber) throws IOException {
                channel.configureBlocking(false);
                channel.setOption(java.net.StandardSocketOptions.TCP_NODELAY, true);
                nextSent = firstNumber;
                nextDue = firstNumber;
            }

            void request(int count) throws IOException {
                out.clear();
                long now = System.nanoTime();
                for (int i = 0; i < count; i++) {
                    out.put(template);
                    out.putInt(out.position() - Integer.BYTES, nextSent);
                    sentNanos[Math.floorMod(nextSent++, inFlight)] = now;
                }
                out.flip();
                while (out.hasRemaining()) {
                    channel.write(out);
                }
            }

            void read() throws IOException {
                if (channel.read(in) < 0) {
                    throw new IOException("the server ended the stream");
                }
                in.flip();
                int got = 0;
                long now = System.nanoTime();
                while (in.remaining() >= FrameHeader.BYTES
                        && in.remaining() >= FrameHeader.BYTES + in.getInt(in.position() + 4)) {
                    check();
                    int waited =
                            (int) Math.min((now - sentNanos[Math.floorMod(nextDue++, inFlight)]) / 1000, MAX_MICROS);
                    micros[Math.min(waited, micros.length - 1)]++;
                    got++;
                }
                in.compact();
                if (got > 0) {
                    answered += got;
                    request(got);
                }
            }

            private void check() {
                int id = in.getInt();
                int bodySize = in.getInt();
                byte letter = in.get();
                int length = in.getInt() * 2;
                if (id != 500101 || letter != 'N' || length != bodySize - 5) {
                    errors.add("id=" + id + " bodySize=" + bodySize + " instead of a WelcomeResponse");
                    in.position(in.position() + bodySize - 5);
                    return;
                }
                in.get(text, 0, length);
                byte[] due = due();
                if (!Arrays.equals(text, 0, length, due, 0, dueLength)) {
                    errors.add("got " + new String(text, 0, length, StandardCharsets.UTF_16LE) + " where welcome:"
                            + nextDue + " is due");
                }
            }

            private final byte[] due = "welcome:##########".getBytes(StandardCharsets.UTF_16LE);
            private int dueLength;

            private byte[] due() {
                int digits = 1;
                for (int rest = nextDue; rest > 9; rest /= 10) {
                    digits++;
                }
                int rest = nextDue;
                for (int i = digits - 1; i >= 0; i--) {
                    due[(8 + i) * 2] = (byte) ('0' + rest % 10);
                    rest /= 10;
                }
                dueLength = (8 + digits) * 2;
                return due;
            }
        }
    }
}
