package io.framegate.bench;

import io.framegate.testkit.Frames;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Blocking sockets with a thread each: as many requests as are in flight go out in one write, and when all of them are answered the
 * next. It asks in the same way over TLS and without, so that what it takes itself is in both of a pair.
 */
final class BlockingLoop {

    private static final int NUMBER = 7;
    private static final byte[] REQUEST = Frames.of(new WelcomeRequest(NUMBER));
    private static final byte[] RESPONSE = Frames.of(new WelcomeResponse("welcome:" + NUMBER));

    /** Makes a connection that can be written to: over TLS, the handshake is done. */
    @FunctionalInterface
    interface Connector {
        Socket connect() throws IOException;
    }

    private BlockingLoop() {}

    /** Connections that stay. */
    static Result kept(Connector connector, int connections, int inFlight, long millis) throws IOException {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < connections; i++) {
                sockets.add(connector.connect());
            }
            return together(connections, millis, (number, end, figures) -> {
                Exchange exchange = new Exchange(sockets.get(number), inFlight);
                while (System.nanoTime() < end) {
                    long begun = System.nanoTime();
                    exchange.run();
                    figures.answered(inFlight, System.nanoTime() - begun);
                }
            });
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    /** A connection for every request. */
    static Result oneShot(Connector connector, int atATime, long millis) throws IOException {
        return together(atATime, millis, (number, end, figures) -> {
            while (System.nanoTime() < end) {
                long begun = System.nanoTime();
                try (Socket socket = connector.connect()) {
                    new Exchange(socket, 1).run();
                }
                figures.answered(1, System.nanoTime() - begun);
            }
        });
    }

    /** What one thread does until the end. */
    @FunctionalInterface
    private interface Part {
        void run(int number, long endNanos, Result figures) throws IOException;
    }

    private static Result together(int threads, long millis, Part part) throws IOException {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            long begun = System.nanoTime();
            long end = begun + millis * 1_000_000;
            List<Future<Result>> parts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int number = i;
                parts.add(executor.submit(() -> {
                    Result figures = new Result();
                    part.run(number, end, figures);
                    return figures;
                }));
            }
            Result all = new Result();
            for (Future<Result> one : parts) {
                all.add(one.get());
            }
            all.ended(System.nanoTime() - begun);
            return all;
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            executor.shutdownNow();
        }
    }

    /** Some requests at once, and their answers. */
    private static final class Exchange {

        private final Socket socket;
        private final byte[] requests;
        private final byte[] expected;
        private final byte[] got;

        Exchange(Socket socket, int inFlight) {
            this.socket = socket;
            this.requests = repeated(REQUEST, inFlight);
            this.expected = repeated(RESPONSE, inFlight);
            this.got = new byte[expected.length];
        }

        void run() throws IOException {
            socket.getOutputStream().write(requests);
            InputStream in = socket.getInputStream();
            if (in.readNBytes(got, 0, got.length) < got.length || !Arrays.equals(expected, got)) {
                throw new IOException("a wrong answer");
            }
        }

        private static byte[] repeated(byte[] frame, int times) {
            byte[] all = new byte[frame.length * times];
            for (int i = 0; i < times; i++) {
                System.arraycopy(frame, 0, all, i * frame.length, frame.length);
            }
            return all;
        }
    }
}
