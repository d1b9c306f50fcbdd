package io.framegate.bench;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests at a fixed rate, whether or not the replies come. Latency counts from the time at which a request was due, so a
 * server that stands still is charged for all that should have been asked meanwhile. One thread.
 */
final class OpenLoop {

    private static final int MAX_IN_FLIGHT = 4096;
    private static final long PAUSE_NANOS = 20_000;

    private OpenLoop() {}

    static Result run(Target target, int connections, int requestsPerSecond, long millis) throws IOException {
        Result figures = new Result();
        List<Peer> peers = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < connections; i++) {
                Peer peer = new Peer(target, 1000 * i, MAX_IN_FLIGHT);
                peers.add(peer);
                peer.channel.register(selector, SelectionKey.OP_READ, peer);
            }
            double nanosEach = 1e9 / requestsPerSecond;
            long begun = System.nanoTime();
            long total = millis * requestsPerSecond / 1000;
            long sent = 0;
            long now = begun;
            // After the last request as long again for what is still out.
            while (figures.answered() < total && now < begun + 2 * millis * 1_000_000) {
                for (long due = (long) ((now - begun) / nanosEach); sent < Math.min(due, total); sent++) {
                    Peer peer = peers.get((int) (sent % connections));
                    if (peer.room() == 0) {
                        break;
                    }
                    peer.request(1, begun + (long) (sent * nanosEach));
                }
                selector.selectNow();
                for (SelectionKey key : selector.selectedKeys()) {
                    ((Peer) key.attachment()).read(figures);
                }
                selector.selectedKeys().clear();
                LockSupport.parkNanos(PAUSE_NANOS);
                now = System.nanoTime();
            }
            figures.ended(now - begun);
            if (figures.answered() < total) {
                throw new IOException(
                        (total - figures.answered()) + " of " + total + " requests were not answered in time");
            }
            return figures;
        } finally {
            for (Peer peer : peers) {
                peer.close();
            }
        }
    }
}
