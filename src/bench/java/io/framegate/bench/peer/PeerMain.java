package io.framegate.bench.peer;

/** Starts one peer: {@code PeerMain KIND PORT}; prints {@code ready PORT} and serves until it is killed. */
public final class PeerMain {

    /** Threads that may wait, for the peers that have such. As many as the gate's workers. */
    static final int WORKERS = Math.max(16, 4 * Runtime.getRuntime().availableProcessors());

    private PeerMain() {}

    public static void main(String[] args) throws Exception {
        int port = Integer.parseInt(args[1]);
        switch (args[0]) {
            case "netty-inline" -> NettyPeer.start(port, NettyPeer.Mode.INLINE);
            case "netty-group" -> NettyPeer.start(port, NettyPeer.Mode.EXECUTOR_GROUP);
            case "netty-handoff" -> NettyPeer.start(port, NettyPeer.Mode.HAND_OFF);
            case "vertx-blocking" -> VertxPeer.start(port);
            case "nio2-buffered" -> BufferedPeer.start(port, false);
            case "nio2-buffered-handoff" -> BufferedPeer.start(port, true);
            case "nio2-two-reads" -> TwoReadsPeer.start(port);
            default -> throw new IllegalArgumentException("no peer " + args[0]);
        }
        System.out.println("ready " + port);
        Thread.currentThread().join();
    }
}
