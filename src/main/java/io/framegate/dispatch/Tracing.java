package io.framegate.dispatch;

/** Sees the way of each request, where traces are switched on. */
public interface Tracing {

    /**
     * A request is about to be decoded, by this thread, which also ends it.
     *
     * @param message its name
     * @param connection the number of its connection
     * @param bytes of its body
     */
    Traced begin(String message, long connection, int bytes);

    /**
     * Some requests are about to be worked together, by this thread, which also ends them all.
     *
     * @param message the name of each
     * @param requests how many there are
     */
    Batch beginBatch(String message, int requests);

    /** A request on its way. */
    interface Traced {

        /**
         * Its frame is finished.
         *
         * @param failed whether it is answered by an error
         * @param bytes of the frame
         */
        void end(boolean failed, int bytes);
    }

    /** Requests that are worked together. */
    interface Batch {

        /**
         * One of them is about to be decoded.
         *
         * @param connection the number of its connection
         * @param bytes of its body
         */
        Traced begin(long connection, int bytes);

        /** All of their frames are finished. */
        void end();
    }
}
