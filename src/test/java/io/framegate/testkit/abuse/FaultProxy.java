package io.framegate.testkit.abuse;

import io.framegate.testkit.TcpProxy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands between a client and a server, and does to their bytes what a bad network does: it hands them on one by one, holds
 * them back, or cuts the connection after a number of them, by an end or by a reset.
 */
public final class FaultProxy extends TcpProxy {

    private static final int BUFFER_BYTES = 16 * 1024;

    private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);
    private volatile int slice = BUFFER_BYTES;

    public FaultProxy(InetSocketAddress target) throws IOException {
        super("fault-proxy", target);
        start();
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

    @Override
    protected void connected(Socket client, Socket server) {
        carry("to-server", client, server, () -> carry(client, server));
        carry("to-client", client, server, () -> carry(server, client));
    }

    private void carry(Socket from, Socket to) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
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
    }

    private void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        end(socket);
    }
}
