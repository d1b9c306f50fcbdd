package io.framegate.bench;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/** A connection for every request, some at a time: connect, ask, be answered, close. One thread. */
final class OneShot {

    private OneShot() {}

    static Result run(Target target, int atATime, long millis) throws IOException {
        Result figures = new Result();
        try (Selector selector = Selector.open()) {
            long begun = System.nanoTime();
            long end = begun + millis * 1_000_000;
            int number = 0;
            for (int i = 0; i < atATime; i++) {
                ask(target, selector, number++);
            }
            while (System.nanoTime() < end) {
                selector.select(500);
                for (SelectionKey key : selector.selectedKeys()) {
                    Peer peer = (Peer) key.attachment();
                    if (peer.read(figures) == 1) {
                        // A reset instead of a farewell, or the ports of this machine would soon be used up.
                        peer.reset();
                        ask(target, selector, number++);
                    }
                }
                selector.selectedKeys().clear();
            }
            figures.ended(System.nanoTime() - begun);
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            return figures;
        }
    }

    private static void ask(Target target, Selector selector, int number) throws IOException {
        long begun = System.nanoTime();
        Peer peer = new Peer(target, number, 1);
        peer.channel.register(selector, SelectionKey.OP_READ, peer);
        peer.request(1, begun);
    }
}
