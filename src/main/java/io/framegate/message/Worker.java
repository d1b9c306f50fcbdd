package io.framegate.message;

/**
 * Answers one kind of request. The whole of what an application writes besides its records:
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
 * <p><b>Threads.</b> One bean serves all requests of its kind at the same time, on threads that the container manages for
 * the application: injection, JPA and {@code @Transactional} work as in any other bean. They are the managed executor's,
 * except that a worker which is {@link NonBlocking}, or whose requests have lately taken next to nothing, runs on the
 * thread that read the request. See {@link BatchWorker} for saves of many.
 *
 * @param <Q> the request, a record with {@link Message}
 * @param <A> the answer, a record with {@link Message}
 */
public interface Worker<Q extends Record, A extends Record> {

    /**
     * Makes the answer to a request.
     *
     * @throws Refusal to say no: its sentence is the client's answer
     * @throws Exception trouble of a database is told as what it is, see {@link DatabaseErrors}. Any other is a fault of the
     *     worker: it is logged with its stack trace, and the client gets an {@link ErrorResponse} that tells nothing of it.
     *     The connection goes on in either case.
     */
    A process(Q request) throws Exception;
}
