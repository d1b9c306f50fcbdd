/**
 * From id to answer: a {@link io.framegate.dispatch.Route} knows the codec and the worker of an id, the
 * {@link io.framegate.dispatch.Dispatcher} takes frames from transport, {@link io.framegate.dispatch.WorkQueue} hands
 * them to the managed threads, of which {@link io.framegate.dispatch.HandOver} wakes no more than are needed, unless their
 * {@link io.framegate.dispatch.Pace} says that it is not worth it, and
 * {@link io.framegate.dispatch.Answering} decodes, works, encodes and compresses. Requests
 * of batch workers gather in {@link io.framegate.dispatch.Batches} and are answered by
 * {@link io.framegate.dispatch.BatchAnswering}; {@link io.framegate.dispatch.Failures} tells what an exception means, and
 * {@link io.framegate.dispatch.ErrorFrames} has a frame for it in any case.
 *
 * <p>Who may call it: the server, which wires it. Begin reading at {@link io.framegate.dispatch.Answering#answer}: that
 * is where a frame becomes a message and a message a frame.
 */
@NullMarked
package io.framegate.dispatch;

import org.jspecify.annotations.NullMarked;
