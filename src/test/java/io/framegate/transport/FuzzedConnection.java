package io.framegate.transport;

import io.framegate.metrics.GateMetrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A {@link Connection} whose socket is a script: the bytes that a client sends, in slices of any size, and how many bytes it
 * takes at a time. All of it happens on the caller's thread, in an order that a list of choices makes.
 */
public final class FuzzedConnection {

    private static final InetSocketAddress CLIENT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 40000);
    private static final int MAX_STEPS = 2_000_000;

    private final GateMetrics info = new GateMetrics();
    private final FrameHandler.Factory sinks;
    private final Listener listener;
    private long lastId;

    public FuzzedConnection(FrameHandler.Factory sinks) {
        this.sinks = sinks;
        try {
            // One thread, so that none is sent to rest. Nobody ever connects to it.
            listener = Listener.open(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    1,
                    task -> {
                        Thread thread = Executors.defaultThreadFactory().newThread(task);
                        thread.setDaemon(true);
                        return thread;
                    },
                    1,
                    TransportLimits.DEFAULTS,
                    info,
                    sinks,
                    AccessRules.NONE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Has a client send a stream and then end its side.
     *
     * @param choices what happens next, step by step, again and again
     * @param others what else there may be to do, as long as it gives true
     * @return all that the client is sent
     * @throws AssertionError for a connection that is not closed in the end, or keeps something of what all share
     */
    public byte[] run(byte[] stream, byte[] choices, TransportLimits limits, Others others) {
        Script script = new Script(stream);
        Choices next = new Choices(choices);
        long closedBefore = closed();
        Connection connection = new Connection(
                ++lastId, script, new RemotePeer(CLIENT, Optional.empty()), listener, limits, info, sinks);
        connection.start();
        int steps = 0;
        boolean more = true;
        while (more) {
            if (++steps > MAX_STEPS) {
                throw new AssertionError("no end after " + steps + " steps");
            }
            int choice = next.take();
            more = switch (choice % 3) {
                case 0 -> script.write(choice / 3) || script.read(choice / 3) || others.happen(choice / 3);
                case 1 -> script.read(choice / 3) || others.happen(choice / 3) || script.write(choice / 3);
                default -> others.happen(choice / 3) || script.write(choice / 3) || script.read(choice / 3);
            };
        }
        if (script.isOpen() || closed() != closedBefore + 1) {
            throw new AssertionError("it is stuck: " + connection.view());
        }
        if (listener.replyBytes().used() != 0 || sinks.requestBytes().used() != 0) {
            throw new AssertionError(
                    "kept after the end: " + listener.replyBytes().used() + " bytes of replies, "
                            + sinks.requestBytes().used() + " of requests");
        }
        if (info.closedByReason().getOrDefault(CloseReason.INTERNAL_ERROR.name(), 0L) > 0) {
            throw new AssertionError("closed for a fault of the gate, which is in the log");
        }
        return script.taken.toByteArray();
    }

    /** Has the first read end with a failure; gives how many connections have been closed by now, for each reason. */
    Map<String, Long> fail(Throwable cause) {
        Script script = new Script(new byte[0]);
        new Connection(
                        ++lastId,
                        script,
                        new RemotePeer(CLIENT, Optional.empty()),
                        listener,
                        TransportLimits.DEFAULTS,
                        info,
                        sinks)
                .start();
        script.fail(cause);
        return info.closedByReason();
    }

    /** The same, of the first read of a PROXY protocol header; gives whether the socket is still open. */
    boolean failEntrance(Throwable cause) {
        Script script = new Script(new byte[0]);
        AccessRules proxied = new AccessRules(AddressRanges.NONE, AddressRanges.NONE, true, AddressRanges.NONE, null);
        new Handshake(++lastId, script, CLIENT, listener, proxied, TransportLimits.DEFAULTS).start();
        script.fail(cause);
        return script.isOpen();
    }

    private long closed() {
        return info.closedByReason().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** So many bytes of all requests together may be held. */
    void limitRequestBytes(long bytes) {
        sinks.requestBytes().limit(bytes);
    }

    /** What happens beside reading and writing. */
    @FunctionalInterface
    public interface Others {

        /** Lets something happen, if there is something left; returns whether it did. */
        boolean happen(int choice);
    }

    private static final class Choices {

        private final byte[] choices;
        private int at;

        Choices(byte[] choices) {
            this.choices = choices;
        }

        int take() {
            return choices.length == 0 ? 0 : choices[at++ % choices.length] & 0xFF;
        }
    }

    /** The socket. A read and a write wait here until it is their turn. */
    private static final class Script extends AsynchronousSocketChannel {

        private static final int[] SLICES = {Integer.MAX_VALUE, 1, 7, 64, 1000, 5000, 40_000};

        private final byte[] stream;
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private int sent;
        private boolean ended;
        private boolean open = true;
        private boolean takesPart; // of the next write, whose rest waits
        private ByteBuffer readInto;
        private CompletionHandler<Integer, Object> read;
        private Object readAttachment;
        private ByteBuffer written;
        private CompletionHandler<Integer, Object> write;

        Script(byte[] stream) {
            super(null);
            this.stream = stream;
        }

        boolean read(int choice) {
            takesPart = choice % 2 == 1;
            if (read == null) {
                return false;
            }
            CompletionHandler<Integer, Object> handler = read;
            read = null;
            if (!open) {
                handler.failed(new AsynchronousCloseException(), readAttachment);
                return true;
            }
            if (sent == stream.length) {
                if (ended) {
                    throw new AssertionError("read again after the end");
                }
                ended = true;
                handler.completed(-1, readAttachment);
                return true;
            }
            int slice = Math.min(SLICES[choice % SLICES.length], Math.min(readInto.remaining(), stream.length - sent));
            readInto.put(stream, sent, slice);
            sent += slice;
            handler.completed(slice, readAttachment);
            return true;
        }

        void fail(Throwable cause) {
            CompletionHandler<Integer, Object> handler = read;
            read = null;
            handler.failed(cause, readAttachment);
        }

        boolean write(int choice) {
            if (write == null) {
                return false;
            }
            CompletionHandler<Integer, Object> handler = write;
            ByteBuffer buffer = written;
            write = null;
            written = null;
            if (open) {
                handler.completed(take(buffer, SLICES[choice % SLICES.length]), null);
            } else {
                handler.failed(new AsynchronousCloseException(), null);
            }
            return true;
        }

        private int take(ByteBuffer buffer, int most) {
            byte[] part = new byte[Math.min(most, buffer.remaining())];
            buffer.get(part);
            taken.writeBytes(part);
            return part.length;
        }

        @Override
        @SuppressWarnings("unchecked") // it is given back what it has attached
        public <A> void read(
                ByteBuffer target,
                long timeout,
                TimeUnit unit,
                A attachment,
                CompletionHandler<Integer, ? super A> handler) {
            if (read != null) {
                throw new AssertionError("two reads at a time");
            }
            if (!target.hasRemaining()) {
                throw new AssertionError("a read without room");
            }
            readInto = target;
            readAttachment = attachment;
            read = (CompletionHandler<Integer, Object>) handler;
        }

        @Override
        @SuppressWarnings("unchecked") // nobody looks at what is attached
        public <A> void write(
                ByteBuffer source,
                long timeout,
                TimeUnit unit,
                A attachment,
                CompletionHandler<Integer, ? super A> handler) {
            requireNoWrite();
            written = source;
            write = (CompletionHandler<Integer, Object>) handler;
        }

        @Override
        public Future<Integer> write(ByteBuffer source) {
            requireNoWrite();
            int most = takesPart ? Math.max(1, source.remaining() / 2) : source.remaining();
            return CompletableFuture.completedFuture(take(source, most));
        }

        private void requireNoWrite() {
            if (write != null) {
                throw new AssertionError("two writes at a time");
            }
        }

        @Override
        public AsynchronousSocketChannel shutdownOutput() {
            return this;
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() {
            open = false;
        }

        // What a connection has no use for.

        @Override
        public AsynchronousSocketChannel bind(SocketAddress local) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> AsynchronousSocketChannel setOption(SocketOption<T> name, T value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> T getOption(SocketOption<T> name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Set<SocketOption<?>> supportedOptions() {
            return Set.of();
        }

        @Override
        public AsynchronousSocketChannel shutdownInput() {
            throw new UnsupportedOperationException();
        }

        @Override
        public SocketAddress getRemoteAddress() {
            return CLIENT;
        }

        @Override
        public SocketAddress getLocalAddress() {
            return CLIENT;
        }

        @Override
        public <A> void connect(SocketAddress remote, A attachment, CompletionHandler<Void, ? super A> handler) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<Void> connect(SocketAddress remote) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<Integer> read(ByteBuffer target) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <A> void read(
                ByteBuffer[] targets,
                int offset,
                int length,
                long timeout,
                TimeUnit unit,
                A attachment,
                CompletionHandler<Long, ? super A> handler) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <A> void write(
                ByteBuffer[] sources,
                int offset,
                int length,
                long timeout,
                TimeUnit unit,
                A attachment,
                CompletionHandler<Long, ? super A> handler) {
            throw new UnsupportedOperationException();
        }
    }
}
