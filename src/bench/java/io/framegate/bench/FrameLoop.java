package io.framegate.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Connections with some requests in flight each, of any kind: an answer is followed by the next request. One thread. */
final class FrameLoop {

    private static final int HEADER_BYTES = 8;
    private static final int BUFFER_BYTES = 64 * 1024;

    private FrameLoop() {}

    /** The end of one connection. */
    private static final class End {

        final SocketChannel channel;
        final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);

        End(int port) throws IOException {
            channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
        }

        void send(Supplier<byte[]> requests, int count) throws IOException {
            for (int i = 0; i < count; i++) {
                byte[] frame = requests.get();
                if (out.remaining() < frame.length) {
                    write();
                }
                out.put(frame);
            }
            write();
        }

        private void write() throws IOException {
            out.flip();
            while (out.hasRemaining()) {
                channel.write(out);
            }
            out.clear();
        }

        /** How many answers have become complete. */
        int answered(int responseId) throws IOException {
            if (channel.read(in) < 0) {
                throw new IOException("the server ended the stream");
            }
            in.flip();
            int answered = 0;
            while (in.remaining() >= HEADER_BYTES
                    && in.remaining() >= HEADER_BYTES + in.getInt(in.position() + Integer.BYTES)) {
                int id = in.getInt(in.position());
                if (id != responseId) {
                    throw new IOException("the reply has id " + id + ", not " + responseId);
                }
                in.position(in.position() + HEADER_BYTES + in.getInt(in.position() + Integer.BYTES));
                answered++;
            }
            in.compact();
            return answered;
        }
    }

    /**
     * Runs the loop.
     *
     * @param inFlight requests of each connection
     * @param requests makes whole frames
     * @return answers per second
     * @throws IOException at the first answer with another id, such as an error
     */
    static double perSecond(
            int port, int connections, int inFlight, long millis, int responseId, Supplier<byte[]> requests)
            throws IOException {
        List<End> ends = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < connections; i++) {
                End end = new End(port);
                ends.add(end);
                end.channel.register(selector, SelectionKey.OP_READ, end);
            }
            long answered = 0;
            long begun = System.nanoTime();
            long until = begun + millis * 1_000_000;
            for (End end : ends) {
                end.send(requests, inFlight);
            }
            while (System.nanoTime() < until) {
                selector.select(500);
                for (SelectionKey key : selector.selectedKeys()) {
                    End end = (End) key.attachment();
                    int more = end.answered(responseId);
                    answered += more;
                    if (more > 0) {
                        end.send(requests, more);
                    }
                }
                selector.selectedKeys().clear();
            }
            return answered * 1e9 / (System.nanoTime() - begun);
        } finally {
            for (End end : ends) {
                end.channel.close();
            }
        }
    }
}
