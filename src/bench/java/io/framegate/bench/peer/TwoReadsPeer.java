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
import java.util.concurrent.Executors;

/** Plain NIO.2 in the shape of a classic asynchronous server: a read for the header, a read for the body, a write. */
final class TwoReadsPeer {

    private TwoReadsPeer() {}

    static void start(int port) throws IOException {
        AsynchronousChannelGroup group = AsynchronousChannelGroup.withFixedThreadPool(
                Math.max(4, 2 * Runtime.getRuntime().availableProcessors()), Executors.defaultThreadFactory());
        AsynchronousServerSocketChannel server = AsynchronousServerSocketChannel.open(group)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
        server.accept(null, new CompletionHandler<AsynchronousSocketChannel, Void>() {
            @Override
            public void completed(AsynchronousSocketChannel channel, Void attachment) {
                server.accept(null, this);
                try {
                    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                    new Session(channel).readHeader();
                } catch (IOException e) {
                    close(channel);
                }
            }

            @Override
            public void failed(Throwable cause, Void attachment) {
                System.err.println(cause);
            }
        });
    }

    private static void close(AsynchronousSocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            System.err.println(e);
        }
    }

    /** One connection. */
    private static final class Session {

        private final AsynchronousSocketChannel channel;
        private final ByteBuffer header =
                ByteBuffer.allocateDirect(Welcome.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        private final ByteBuffer body = ByteBuffer.allocateDirect(256).order(ByteOrder.LITTLE_ENDIAN);
        private final ByteBuffer out = ByteBuffer.allocateDirect(256).order(ByteOrder.LITTLE_ENDIAN);

        Session(AsynchronousSocketChannel channel) {
            this.channel = channel;
        }

        void readHeader() {
            header.clear();
            read(header, this::readBody);
        }

        private void readBody() {
            body.clear().limit(header.getInt(4));
            read(body, this::answer);
        }

        private void answer() {
            body.flip();
            if (header.getInt(0) != Welcome.REQUEST_ID || body.get() != 'N') {
                close(channel);
                return;
            }
            String text = Welcome.work(body.getInt());
            out.clear();
            out.putInt(Welcome.RESPONSE_ID)
                    .putInt(Welcome.bodyBytes(text))
                    .put((byte) 'N')
                    .putInt(text.length());
            for (int i = 0; i < text.length(); i++) {
                out.putChar(text.charAt(i));
            }
            out.flip();
            write();
        }

        private void read(ByteBuffer target, Runnable then) {
            channel.read(target, null, new CompletionHandler<Integer, Void>() {
                @Override
                public void completed(Integer bytes, Void attachment) {
                    if (bytes < 0) {
                        close(channel);
                    } else if (target.hasRemaining()) {
                        read(target, then);
                    } else {
                        then.run();
                    }
                }

                @Override
                public void failed(Throwable cause, Void attachment) {
                    close(channel);
                }
            });
        }

        private void write() {
            channel.write(out, null, new CompletionHandler<Integer, Void>() {
                @Override
                public void completed(Integer bytes, Void attachment) {
                    if (out.hasRemaining()) {
                        write();
                    } else {
                        readHeader();
                    }
                }

                @Override
                public void failed(Throwable cause, Void attachment) {
                    close(channel);
                }
            });
        }
    }
}
