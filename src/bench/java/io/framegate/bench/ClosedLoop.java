package io.framegate.bench;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;

/** Connections that each have some requests in flight: a reply is followed by the next request at once. One thread. */
final class ClosedLoop {

    private ClosedLoop() {}

    /**
     * Runs the loop.
     *
     * @throws IOException at the first connection that breaks, or reply that is wrong
     */
    static Result run(Target target, int connections, int inFlight, long millis) throws IOException {
        return run(List.of(target), connections, inFlight, millis);
    }

    /** The same, with the connections shared out among some targets. */
    static Result run(List<Target> targets, int connections, int inFlight, long millis) throws IOException {
        Result figures = new Result();
        List<Peer> peers = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < connections; i++) {
                Peer peer = new Peer(targets.get(i % targets.size()), 1000 * i, inFlight);
                peers.add(peer);
                peer.channel.register(selector, SelectionKey.OP_READ, peer);
            }
            long begun = System.nanoTime();
            long end = begun + millis * 1_000_000;
            for (Peer peer : peers) {
                peer.request(inFlight, System.nanoTime());
            }
            while (System.nanoTime() < end) {
                selector.select(500);
                for (SelectionKey key : selector.selectedKeys()) {
                    Peer peer = (Peer) key.attachment();
                    int got = peer.read(figures);
                    if (got > 0) {
                        peer.request(got, System.nanoTime());
                    }
                }
                selector.selectedKeys().clear();
            }
            figures.ended(System.nanoTime() - begun);
            return figures;
        } finally {
            for (Peer peer : peers) {
                peer.close();
            }
        }
    }
}
