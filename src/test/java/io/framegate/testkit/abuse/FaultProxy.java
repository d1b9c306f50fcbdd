package io.framegate.testkit.abuse;

import io.framegate.testkit.Gate;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands between a client and a server, and does to their bytes what a bad network does: it hands them on one by one, holds
 * them back, or cuts the connection after a number of them, by an end or by a reset.
 */
public final class FaultProxy implements AutoCloseable {

    private static final int BUFFER_BYTES = 16 * 1024;

    private final ServerSocket listener = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    private final InetSocketAddress target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);
    private volatile boolean silent;
    private volatile int slice = BUFFER_BYTES;

    public FaultProxy(InetSocketAddress target) throws IOException {
        this.target = target;
        start(this::accept);
    }

    /** Where clients connect to. */
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
    }

    /** Hands on at most so many bytes at a time. */
    public FaultProxy slices(int bytes) {
        slice = bytes;
        return this;
    }

    /** Resets both sides once so many more bytes have gone through, both ways together. */
    public FaultProxy resetAfter(long bytes) {
        left.set(bytes);
        return this;
    }

    /** From now on nothing gets through, neither bytes nor ends: the other side has vanished. */
    public FaultProxy silent(boolean wanted) {
        silent = wanted;
        return this;
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "fault-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket server = new Socket(target.getAddress(), target.getPort());
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                open.add(client);
                open.add(server);
                start(() -> carry(client, server));
                start(() -> carry(server, client));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void carry(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int got = in.read(buffer, 0, slice); got >= 0; got = in.read(buffer, 0, slice)) {
                holdWhileSilent();
                long before = left.getAndAdd(-got);
                out.write(buffer, 0, (int) Math.max(0, Math.min(got, before)));
                if (before <= got) {
                    reset(from);
                    reset(to);
                    return;
                }
            }
            holdWhileSilent();
            to.shutdownOutput();
        } catch (IOException e) {
            // One side is gone.
            closeQuietly(to);
        }
    }

    private void holdWhileSilent() {
        if (silent) {
            Gate.await(() -> !silent || listener.isClosed());
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // Gone already.
        }
        closeQuietly(socket);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing more can be done.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        open.forEach(FaultProxy::closeQuietly);
    }
}
