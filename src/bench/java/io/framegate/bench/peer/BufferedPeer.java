package io.framegate.bench.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Plain NIO.2 that does the least that answers: one read takes what the socket has, every complete frame in it is worked, and
 * one write takes all their responses; then comes the next read. It has no limits, no lines, no deadlines, and one kind of message.
 * So it is the floor of what the gate costs, which stands on the same channels.
 */
final class BufferedPeer {

    /** On the heap: direct ones gained nothing that shows, and cost more where a connection brings one request. */
    private static final int BUFFER_BYTES = 4096;

    /** Of the largest response: header, envelope, length, and the longest text. */
    private static final int MOST_RESPONSE_BYTES =
            Welcome.HEADER_BYTES + Welcome.bodyBytes(Welcome.work(Integer.MIN_VALUE));

    private BufferedPeer() {}

    /** @param handsOver whether what was read is worked by a pool's thread, or by the one that read it */
    static void start(int port, boolean handsOver) throws IOException {
        Executor pool = handsOver ? Executors.newFixedThreadPool(PeerMain.WORKERS) : null;
        AsynchronousChannelGroup group = AsynchronousChannelGroup.withFixedThreadPool(
                Runtime.getRuntime().availableProcessors(), Executors.defaultThreadFactory());
        AsynchronousServerSocketChannel server = AsynchronousServerSocketChannel.open(group)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
        server.accept(null, new CompletionHandler<AsynchronousSocketChannel, Void>() {
            @Override
            public void completed(AsynchronousSocketChannel channel, Void attachment) {
                server.accept(null, this);
                Session session = new Session(channel, pool);
                try {
                    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                    session.read();
                } catch (IOException e) {
                    session.close();
                }
            }

            @Override
            public void failed(Throwable cause, Void attachment) {
                System.err.println(cause);
            }
        });
    }

    /** One connection, which is read, worked and written by one thread after the other. */
    private static final class Session implements CompletionHandler<Integer, Void> {

        private final AsynchronousSocketChannel channel;
        private final @Nullable Executor pool;
        private final ByteBuffer in = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        private final ByteBuffer out = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

        Session(AsynchronousSocketChannel channel, @Nullable Executor pool) {
            this.channel = channel;
            this.pool = pool;
        }

        void read() {
            channel.read(in, null, this);
        }

        @Override
        public void completed(Integer bytes, Void attachment) {
            if (bytes < 0) {
                close();
            } else if (pool == null) {
                answer();
            } else {
                pool.execute(this::answer);
            }
        }

        @Override
        public void failed(Throwable cause, Void attachment) {
            close();
        }

        private void answer() {
            in.flip();
            while (hasFrame()) {
                if (out.remaining() < MOST_RESPONSE_BYTES && !write()) {
                    return;
                }
                if (!work()) {
                    close();
                    return;
                }
            }
            in.compact();
            if (write()) {
                read();
            }
        }

        private boolean hasFrame() {
            return in.remaining() >= Welcome.HEADER_BYTES
                    && in.remaining() - Welcome.HEADER_BYTES >= in.getInt(in.position() + 4);
        }

        private boolean work() {
            int id = in.getInt();
            int bodyBytes = in.getInt();
            if (id != Welcome.REQUEST_ID || bodyBytes != 5 || in.get() != 'N') {
                return false;
            }
            String text = Welcome.work(in.getInt());
            out.putInt(Welcome.RESPONSE_ID)
                    .putInt(Welcome.bodyBytes(text))
                    .put((byte) 'N')
                    .putInt(text.length());
            for (int i = 0; i < text.length(); i++) {
                out.putChar(text.charAt(i));
            }
            return true;
        }

        /**
         * By a future, since a write with a handler is left to a thread of the group where the caller is none. One that is not done at
         * once keeps this thread: a client of the benchmark takes what it asked for.
         *
         * @return whether all is written; else the connection is closed
         */
        private boolean write() {
            out.flip();
            try {
                while (out.hasRemaining()) {
                    channel.write(out).get();
                }
            } catch (ExecutionException | InterruptedException e) {
                close();
                return false;
            }
            out.clear();
            return true;
        }

        void close() {
            try {
                channel.close();
            } catch (IOException e) {
                System.err.println(e);
            }
        }
    }
}
