package io.framegate.dispatch;

/** Sees the way of each request, where traces are switched on. A request of a batch is no part of it. */
public interface Tracing {

    /**
     * A request is about to be decoded, by this thread, which also ends it.
     *
     * @param message its name
     * @param connection the number of its connection
     * @param bytes of its body
     */
    Traced begin(String message, long connection, int bytes);

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
}
