package io.framegate.testkit;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between a client and a server on the loopback interface. What it does to the bytes is up to its kind; any of them can
 * become silent, as a network does that has lost the other end: nothing gets through then, neither bytes nor ends. Or it loses the
 * connections that there are, as a firewall does that has forgotten them: for them it is silent for ever, new ones are served.
 */
public abstract class TcpProxy implements AutoCloseable {

    private static final int BACKLOG = 256;

    private final ServerSocket listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final String name;
    private volatile InetSocketAddress target;
    private boolean silent; // guarded by this
    private final Set<Thread> carrying = new HashSet<>(); // guarded by this
    private final Set<Thread> lost = new HashSet<>(); // guarded by this

    /**
     * Opens its port; {@link #start} begins to accept.
     *
     * @param name of its threads
     * @param target where the server is
     */
    protected TcpProxy(String name, InetSocketAddress target) throws IOException {
        this.name = name;
        this.target = target;
    }

    /** Work of one thread on two sockets, until one of them ends. */
    @FunctionalInterface
    protected interface Carrying {
        void run() throws IOException;
    }

    /** A connection has been made on both sides: the proxy {@linkplain #carry carries} it in threads of its own. */
    protected abstract void connected(Socket client, Socket server) throws IOException;

    /** Begins to accept. */
    protected final void start() {
        thread("accept", this::accept);
    }

    /** Carries in a thread of its own; the end of it by an exception is the end of both sockets. */
    protected final void carry(String direction, Socket client, Socket server, Carrying carrying) {
        thread(direction, () -> {
            Thread self = Thread.currentThread();
            begun(self);
            try {
                carrying.run();
            } catch (IOException e) {
                try {
                    holdWhileLost();
                } finally {
                    // The end of one side is the end of the other.
                    end(client);
                    end(server);
                }
            } finally {
                ended(self);
            }
        });
    }

    private void thread(String work, Runnable runnable) {
        Thread thread = new Thread(runnable, name + "-" + work);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                try {
                    Socket server = new Socket(target.getAddress(), target.getPort());
                    client.setTcpNoDelay(true);
                    server.setTcpNoDelay(true);
                    open.add(client);
                    open.add(server);
                    connected(client, server);
                } catch (IOException e) {
                    // No server there: what a refused connection looks like from here.
                    end(client);
                }
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    /** Closes a socket at once. */
    protected final void end(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed.
        }
    }

    /** Where clients connect to. */
    public final InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
    }

    /** New connections go there from now on. */
    public final void target(InetSocketAddress other) {
        target = other;
    }

    /** From now on nothing gets through, or everything again, what was held back first. Connections are taken. */
    public final synchronized void silent(boolean wanted) {
        silent = wanted;
        notifyAll();
    }

    /** From now on nothing gets through by the connections that there are, in both directions, and nobody is told. */
    public final synchronized void lose() {
        lost.addAll(carrying);
    }

    private synchronized void begun(Thread thread) {
        carrying.add(thread);
    }

    private synchronized void ended(Thread thread) {
        carrying.remove(thread);
        lost.remove(thread);
    }

    private synchronized void holdWhileLost() {
        try {
            while (lost.contains(Thread.currentThread()) && !listener.isClosed()) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** For what carries, before it hands on. */
    protected final synchronized void holdWhileSilent() throws IOException {
        try {
            while ((silent || lost.contains(Thread.currentThread())) && !listener.isClosed()) {
                wait();
            }
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    @Override
    public final void close() throws IOException {
        listener.close();
        silent(false);
        open.forEach(this::end);
    }
}
