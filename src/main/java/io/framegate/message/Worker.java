package io.framegate.message;

/**
 * Answers one kind of request. Besides its records an application writes nothing else:
 *
 * <pre>
 * &#64;ApplicationScoped
 * public class WelcomeWorker implements Worker&lt;WelcomeRequest, WelcomeResponse&gt; {
 *     public WelcomeResponse process(WelcomeRequest request) { … }
 * }
 * </pre>
 *
 * The gate finds the bean at deployment by its type parameters, in any package or jar of the WAR. Two workers for one
 * id fail the deployment with a message that names both.
 *
 * <p><b>Threads.</b> One bean serves all requests of its kind concurrently, on threads that the container manages for
 * the application: injection, JPA and {@code @Transactional} work as in any other bean. A worker runs on a thread of the managed
 * executor; if it is {@link NonBlocking}, or its requests lately were very fast, on the
 * I/O thread that read the request. See {@link BatchWorker} for saves.
 *
 * @param <Q> the request, a record with {@link Message}
 * @param <A> the answer, a record with {@link Message}
 */
public interface Worker<Q extends Record, A extends Record> {

    /**
     * Answers a request.
     *
     * @throws Refusal to refuse the request: its sentence is the client's answer
     * @throws Exception errors of a database get an answer of their own, see {@link DatabaseErrors}. Any other is a fault of the
     *     worker: the gate logs it with its stack trace, and the client gets an {@link ErrorResponse} without details.
     *     The connection goes on in either case
     */
    A process(Q request) throws Exception;
}
