package io.framegate.map.store;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketOption;
import java.util.Map;
import javax.net.SocketFactory;

/**
 * Sockets to the database on which TCP asks, after some seconds of silence, whether the other end is still there: what a
 * firewall or a router forgets would otherwise be found out after two hours, the default of most systems. It is the only limit
 * of a load, which may wait for an index longer than for any answer.
 *
 * <p>The driver makes it by its name ({@code socketFactory}), and switches the asking on ({@code tcpKeepAlive}).
 */
public final class KeptAliveSockets extends SocketFactory {

    /** How long nothing has to come before it is asked, between two questions, and how many go unanswered; seconds. */
    private static final Map<String, Integer> OPTIONS = Map.of(
            "TCP_KEEPIDLE", BoundedDataSource.KEEP_ALIVE_IDLE_SECONDS,
            "TCP_KEEPINTERVAL", BoundedDataSource.KEEP_ALIVE_INTERVAL_SECONDS,
            "TCP_KEEPCOUNT", BoundedDataSource.KEEP_ALIVE_COUNT);

    /** For the driver. */
    public KeptAliveSockets() {}

    @Override
    public Socket createSocket() throws IOException {
        Socket socket = new Socket();
        // By name: not every platform has them, and where the JDK's own module is hidden its constants are too.
        for (SocketOption<?> option : socket.supportedOptions()) {
            Integer value = OPTIONS.get(option.name());
            if (value != null && option.type() == Integer.class) {
                set(socket, option, value);
            }
        }
        return socket;
    }

    @SuppressWarnings("unchecked") // The type has been looked at.
    private static void set(Socket socket, SocketOption<?> option, Integer value) throws IOException {
        socket.setOption((SocketOption<Integer>) option, value);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        throw connected();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        throw connected();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        throw connected();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        throw connected();
    }

    private static IOException connected() {
        // The driver connects by itself, with a limit of time.
        return new IOException("only sockets that are not connected yet are made here");
    }
}
