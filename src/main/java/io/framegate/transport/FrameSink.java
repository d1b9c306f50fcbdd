package io.framegate.transport;

import io.framegate.message.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Takes the frames of one connection: transport's port to whatever answers them.
 *
 * <p><b>Threads.</b> All methods but those that say otherwise are called by the thread that reads the connection, never two
 * at a time. Replies may be
 * given from any thread, through {@link Replies}.
 */
public interface FrameSink {

    /** Makes the sink of a new connection. */
    interface Factory {

        /**
         * Called once for each connection, before its first frame.
         *
         * @param peer who is at the other end, as far as it is known without a frame
         */
        FrameSink connectionOpened(long connectionId, Peer peer, Replies replies);

        /**
         * Bytes of requests, from all connections: those that are read in part, and those that were read and have no answer
         * yet. Small ones are not counted.
         */
        ByteBudget requestBytes();

        /**
         * Called about ten times a second, by the thread that watches deadlines. It does not throw.
         *
         * @param nowNanos by a clock that leaves out the time in which this process did not run
         */
        void tick(long nowNanos);

        /** The error frame for a client that is turned away before it has a sink. */
        byte[] refused(Refusal refusal);
    }

    /** Where the replies of one connection go. Any thread may call it. */
    interface Replies {

        /** The place of the request that {@link FrameSink#answer} has in hand. */
        long AT_ONCE = Long.MIN_VALUE;

        /**
         * Fills a place with its reply, exactly once for each place. Nothing is written before {@link #flush()}.
         *
         * @param place what {@link FrameSink#frameRead} was given for the request; or {@link #AT_ONCE}, from another thread than
         *     that in {@link FrameSink#answer}, which must not return before this does, and then returns null
         * @param frame header and body; the header says how much of the array is used, so the array may be longer. It
         *     is not copied: the caller leaves it alone from now on
         */
        void fill(long place, byte[] frame);

        /**
         * Keeps the work of a request for later, where so many replies of its connection wait to be taken that its own would
         * be too many.
         *
         * @param place as for {@link #fill}
         * @param work is run when there is room, by any thread; it must not take long
         * @return whether it is kept
         */
        boolean postpone(long place, Runnable work);

        /** The reading thread is about to do what may wait, until {@link #waitsNoMore}: another must be there to read. */
        void mayWait();

        /** The reading thread is back. */
        void waitsNoMore();

        /** Whether {@link #postpone} is worth asking. */
        boolean isOverfull();

        /** Writes what is filled at the head of the line, in the order of the requests. */
        void flush();

        /**
         * From the next frame on, headers have a request id, and replies leave as soon as they are there. To be called by
         * the reading thread, when the first frame of a connection has been answered and before the next is read.
         */
        void useRequestIds();

        /**
         * Puts a frame into the line that answers no request, and flushes.
         *
         * @return false where it can't be: the line is full or has ended
         */
        boolean push(byte[] frame);
    }

    /**
     * Whether the body of a message with this id, and of this size, is wanted. For one that is not, {@link #unwanted} is asked for
     * the reply, and its body is skipped without being kept.
     */
    boolean isWanted(int id, int bodySize);

    /** Whether what a message with this id says must not be kept anywhere: a password. */
    boolean isSecret(int id);

    /** The error frame for a message that is not {@linkplain #isWanted wanted}. */
    byte[] unwanted(int id, int bodySize);

    /** The error frame for a request that is wanted, but refused by the transport before its body has come. */
    byte[] refused(int id, int bodySize, Refusal refusal);

    /** The error frame that tells this client of a refusal by the transport. Any thread may call it. */
    byte[] refused(Refusal refusal);

    /**
     * Whether a request is for {@link #answer}, as soon as the line of replies is empty.
     *
     * @param bytes as for {@link #answer}, and so the rest
     */
    boolean answersAtOnce(int id, byte[] bytes, int offset, int length);

    /**
     * A frame is complete, no other waits for its reply, and it {@linkplain #answersAtOnce is answered at once}.
     *
     * @param bytes the array with the body; it is overwritten after this method returns
     * @param offset where the body begins
     * @param length its bytes, at least 1
     * @return the reply's frame, as {@link Replies#fill} takes it; null where another thread has filled {@link Replies#AT_ONCE}
     */
    byte @Nullable [] answer(int id, byte[] bytes, int offset, int length);

    /**
     * A frame is complete. Its place must be filled, now or later.
     *
     * @param place the reply's place in the line; with request ids, the request's id
     * @param bytes the array with the frame; it is overwritten after the next {@link #readCompleted}
     * @param offset where the body begins
     * @param length its bytes, at least 1
     */
    void frameRead(long place, int id, byte[] bytes, int offset, int length);

    /**
     * Replies are about to be written, or all frames that one read brought have been given to {@link #frameRead} and
     * {@link #answer}, or the last of them has failed: time to hand over and to tell what was counted.
     */
    void readCompleted();

    /** The name that the client is known by at this moment; empty for one that is not. By any thread. */
    String principal();

    /** Whether the client has to say who it is before it is answered anything, and never has. By any thread. */
    boolean awaitsLogin();

    /** The connection has ended. By any thread, once. */
    void connectionClosed();
}
