package io.framegate.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Connections that have asked once and then stay open. They come from several addresses, since one has few ports. */
final class IdleConnections implements AutoCloseable {

    private static final int PER_ADDRESS = 5000;

    private final List<Peer> peers = new ArrayList<>();

    private IdleConnections() {}

    static IdleConnections open(Target target, int count) throws IOException {
        IdleConnections connections = new IdleConnections();
        try {
            Result figures = new Result();
            for (int i = 0; i < count; i++) {
                // 127.0.0.2 and up: all of 127/8 is this machine.
                Peer peer = new Peer(target, i, 1, "127.0.0." + (2 + i / PER_ADDRESS), Peer.SMALL_BUFFER_BYTES);
                connections.peers.add(peer);
                peer.channel.configureBlocking(true);
                peer.request(1, System.nanoTime());
                while (peer.read(figures) == 0) {
                    // A reply may come in pieces.
                }
            }
            return connections;
        } catch (IOException e) {
            connections.close();
            throw e;
        }
    }

    int count() {
        return peers.size();
    }

    @Override
    public void close() throws IOException {
        for (Peer peer : peers) {
            // A reset instead of a farewell: the ports are free at once.
            peer.reset();
        }
    }
}
