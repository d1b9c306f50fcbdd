package io.framegate.transport;

import io.framegate.message.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Handles the frames of one connection: transport's interface to whatever answers them.
 *
 * <p><b>Threads.</b> Unless a method says otherwise, the connection's reader calls it, never two
 * at a time. Replies may be given from any thread, through {@link Replies}.
 */
public interface FrameHandler {

    /** Makes the handler of a new connection. */
    interface Factory {

        /**
         * Called once for each connection, before its first frame.
         *
         * @param peer the client, as far as it is known before the first frame
         */
        FrameHandler connectionOpened(long connectionId, RemotePeer peer, Replies replies);

        /**
         * Bytes of requests of all connections: those that are read in part, and those that were read and have no answer
         * yet. Small ones are not counted.
         */
        ByteBudget requestBytes();

        /**
         * Called about ten times a second, by the thread that watches deadlines. It does not throw.
         *
         * @param nowNanos by a clock that leaves out the time in which this process did not run
         */
        void tick(long nowNanos);

        /** The error frame for a client that is rejected before it has a handler. */
        byte[] refused(Refusal refusal);
    }

    /** Takes the replies of one connection. Any thread may call it. */
    interface Replies {

        /** The slot of the request that {@link FrameHandler#answer} runs at present. */
        long INLINE = Long.MIN_VALUE;

        /**
         * Fills a slot with its reply, exactly once for each slot. Nothing is written before {@link #flush()}.
         *
         * @param slot what {@link FrameHandler#frameRead} was given for the request; or {@link #INLINE}, from another thread than
         *     that in {@link FrameHandler#answer}, which must not return before this does, and then returns null
         * @param frame header and body; the header says how much of the array is used, so the array may be longer. It
         *     is not copied: the caller leaves it alone from now on
         */
        void fill(long slot, byte[] frame);

        /**
         * Defers a request if too many replies of its connection are pending.
         *
         * @param slot as for {@link #fill}
         * @param work runs when there is room, on any thread; it must not take long
         * @return whether it is deferred
         */
        boolean defer(long slot, Runnable work);

        /** The I/O thread may block until {@link #endBlocking}: another thread has to read meanwhile. */
        void beginBlocking();

        /** The I/O thread no longer blocks. */
        void endBlocking();

        /** Whether {@link #defer} is worth asking. */
        boolean isAboveHighWatermark();

        /** Writes the filled slots from the head of the pipeline, in the order of the requests. */
        void flush();

        /**
         * From the next frame on, headers have a request id, and replies leave in any order. To be called by the reader, when the
         * first frame of a connection has been answered and before the next is read.
         */
        void useRequestIds();

        /**
         * Enqueues a frame that answers no request, and flushes.
         *
         * @return false if the pipeline is full or has ended
         */
        boolean push(byte[] frame);
    }

    /**
     * Whether a message of this id and body size is accepted. Otherwise {@link #reject} gives the reply, and the body is skipped
     * without being buffered.
     */
    boolean accepts(int id, int bodySize);

    /** Whether a message of this id must not be recorded: it has a password. */
    boolean isSecret(int id);

    /** The error frame for a message that is not {@linkplain #accepts accepted}. */
    byte[] reject(int id, int bodySize);

    /** The error frame for a request that is accepted, but refused by the transport before its body has arrived. */
    byte[] refused(int id, int bodySize, Refusal refusal);

    /** The error frame of a refusal by the transport, as this client wants it. Any thread may call it. */
    byte[] refused(Refusal refusal);

    /**
     * Whether a request runs inline, by {@link #answer}, if the pipeline is empty.
     *
     * @param bytes as for {@link #answer}, likewise the others
     */
    boolean runsInline(int id, byte[] bytes, int offset, int length);

    /**
     * Answers a complete frame that {@linkplain #runsInline runs inline}, while the pipeline is empty.
     *
     * @param bytes the array with the body; it is overwritten after this method returns
     * @param offset where the body begins
     * @param length its bytes, at least 1
     * @return the reply's frame, as {@link Replies#fill} takes it; null where another thread has filled {@link Replies#INLINE}
     */
    byte @Nullable [] answer(int id, byte[] bytes, int offset, int length);

    /**
     * Takes a complete frame. Its slot must be filled, now or later.
     *
     * @param slot the reply's slot of the pipeline; with request ids, the request's id
     * @param bytes the array with the frame; it is overwritten after the next {@link #readCompleted}
     * @param offset where the body begins
     * @param length its bytes, at least 1
     */
    void frameRead(long slot, int id, byte[] bytes, int offset, int length);

    /**
     * Submits the frames of a read, and flushes the counters. Called before replies are written, and when all frames of a read have
     * been passed to {@link #frameRead} or {@link #answer}, or the last of them has failed.
     */
    void readCompleted();

    /** The client's authenticated name; empty without one. By any thread. */
    String principal();

    /** Whether the client has to log in before anything is answered, and never has. By any thread. */
    boolean awaitsLogin();

    /** The connection is closed. By any thread, once. */
    void connectionClosed();
}
