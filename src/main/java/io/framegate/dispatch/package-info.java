/**
 * From a frame to its answer. Entry point: {@link io.framegate.dispatch.Dispatcher}; called by: transport, and {@code gate}, which
 * wires it. Begin reading at {@link io.framegate.dispatch.RequestProcessor#answer}.
 *
 * <pre>
 *  {@link io.framegate.dispatch.Routes}            finds the {@link io.framegate.dispatch.Route} of a message id: its codecs and its worker
 *  {@link io.framegate.dispatch.Dispatcher}        decides where a request runs, by the route's {@link io.framegate.dispatch.ServiceTime}
 *  {@link io.framegate.dispatch.WorkerPool}        runs it on a managed thread; {@link io.framegate.dispatch.HandoffQueue} wakes one if needed
 *  {@link io.framegate.dispatch.RequestProcessor}  decodes, calls the worker, encodes, compresses
 *  {@link io.framegate.dispatch.BatchQueue}        gathers requests of a batch worker, {@link io.framegate.dispatch.BatchProcessor} answers them
 *  {@link io.framegate.dispatch.ExceptionMapping}  says what an exception means, {@link io.framegate.dispatch.ErrorFrames} encodes it
 * </pre>
 */
@NullMarked
package io.framegate.dispatch;

import org.jspecify.annotations.NullMarked;
