package io.framegate.bench.peer;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/** Vert.x: frames are cut on the event loop, all that one read brought are worked in one {@code executeBlocking}. */
final class VertxPeer {

    private VertxPeer() {}

    static void start(int port) throws Exception {
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(Runtime.getRuntime().availableProcessors())
                .setWorkerPoolSize(PeerMain.WORKERS));
        vertx.deployVerticle(
                        () -> new AbstractVerticle() {
                            @Override
                            public void start() {
                                vertx.createNetServer(new NetServerOptions()
                                                .setTcpNoDelay(true)
                                                .setAcceptBacklog(1024))
                                        .connectHandler(socket -> socket.handler(new Frames(vertx, socket)::read))
                                        .listen(port, "127.0.0.1");
                            }
                        },
                        new DeploymentOptions()
                                .setInstances(Runtime.getRuntime().availableProcessors()))
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    /** One connection. */
    private static final class Frames {

        private final Vertx vertx;
        private final NetSocket socket;
        private final Queue<Future<Buffer>> due = new ArrayDeque<>();
        private Buffer rest = Buffer.buffer();

        Frames(Vertx vertx, NetSocket socket) {
            this.vertx = vertx;
            this.socket = socket;
        }

        void read(Buffer bytes) {
            Buffer all = rest.length() == 0 ? bytes : rest.appendBuffer(bytes);
            int end = 0;
            while (all.length() - end >= Welcome.HEADER_BYTES
                    && all.length() - end - Welcome.HEADER_BYTES >= all.getIntLE(end + 4)) {
                end += Welcome.HEADER_BYTES + all.getIntLE(end + 4);
            }
            rest = end == all.length() ? Buffer.buffer() : all.getBuffer(end, all.length());
            if (end > 0) {
                int length = end;
                Future<Buffer> answer = vertx.executeBlocking(() -> answer(all, length), true);
                due.add(answer);
                answer.onComplete(done -> writeDue());
            }
        }

        /** In the order of the requests: one that is told to this event loop can overtake the one before it. */
        private void writeDue() {
            while (!due.isEmpty() && due.peek().isComplete()) {
                Future<Buffer> answer = due.poll();
                if (answer.failed()) {
                    socket.close();
                    return;
                }
                socket.write(answer.result());
            }
        }

        private static Buffer answer(Buffer in, int end) {
            Buffer out = Buffer.buffer(1024);
            for (int at = 0; at < end; at += Welcome.HEADER_BYTES + in.getIntLE(at + 4)) {
                if (in.getIntLE(at) != Welcome.REQUEST_ID || in.getByte(at + Welcome.HEADER_BYTES) != 'N') {
                    throw new IllegalArgumentException("not a welcome");
                }
                String text = Welcome.work(in.getIntLE(at + Welcome.HEADER_BYTES + 1));
                out.appendIntLE(Welcome.RESPONSE_ID);
                out.appendIntLE(Welcome.bodyBytes(text));
                out.appendByte((byte) 'N');
                out.appendIntLE(text.length());
                for (int i = 0; i < text.length(); i++) {
                    out.appendShortLE((short) text.charAt(i));
                }
            }
            return out;
        }
    }
}
