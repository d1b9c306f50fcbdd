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

/** Connections with one request in flight each, of any kind: an answer is followed by the next request. One thread. */
final class FrameLoop {

    private static final int HEADER_BYTES = 8;

    private FrameLoop() {}

    /** The end of one connection. */
    private static final class End {

        final SocketChannel channel;
        final ByteBuffer in = ByteBuffer.allocate(64 * 1024).order(ByteOrder.LITTLE_ENDIAN);

        End(int port) throws IOException {
            channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
        }

        void send(byte[] frame) throws IOException {
            ByteBuffer out = ByteBuffer.wrap(frame);
            while (out.hasRemaining()) {
                channel.write(out);
            }
        }

        /** Whether the answer is complete. */
        boolean isAnswered(int responseId) throws IOException {
            if (channel.read(in) < 0) {
                throw new IOException("the server ended the stream");
            }
            if (in.position() < HEADER_BYTES || in.position() < HEADER_BYTES + in.getInt(Integer.BYTES)) {
                return false;
            }
            if (in.getInt(0) != responseId) {
                throw new IOException("the reply has id " + in.getInt(0) + ", not " + responseId);
            }
            in.clear();
            return true;
        }
    }

    /**
     * Runs the loop.
     *
     * @param requests makes whole frames
     * @return answers per second
     * @throws IOException at the first answer with another id, such as an error
     */
    static double perSecond(int port, int connections, long millis, int responseId, Supplier<byte[]> requests)
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
                end.send(requests.get());
            }
            while (System.nanoTime() < until) {
                selector.select(500);
                for (SelectionKey key : selector.selectedKeys()) {
                    End end = (End) key.attachment();
                    if (end.isAnswered(responseId)) {
                        answered++;
                        end.send(requests.get());
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
