package io.framegate.message;

import java.util.List;

/**
 * A worker that gets the concurrent requests of many connections as one batch. Saves then share one transaction, one commit and
 * statements of many rows.
 *
 * <pre>
 * &#64;ApplicationScoped
 * public class AddNoteWorker implements BatchWorker&lt;AddNote, NoteAdded&gt; {
 *     &#64;PersistenceContext
 *     private EntityManager entities;
 *
 *     &#64;Transactional
 *     public List&lt;NoteAdded&gt; processAll(List&lt;AddNote&gt; requests) { … }
 * }
 * </pre>
 *
 * <b>How batches form.</b> A request that arrives while the worker is idle runs at once, alone.
 * Requests that arrive while it runs form the next batch, within the {@link BatchLimits}. No request is delayed
 * to wait for others, and the more arrive the more share a commit. There is one batch at a time, unless the limits say otherwise. Its
 * requests are in the order of their arrival, those of one connection in the order in which they were sent.
 *
 * <p><b>All or nothing.</b> No answer leaves before {@link #processAll} has returned, which with {@code @Transactional}
 * is after the commit. If it throws, nothing of the batch may remain; {@code @Transactional} sees to that. The gate then
 * runs the requests again in halves, and so on, until the failing one is alone: it gets the error, the others
 * their answers. It does not split the batch if that can't help or would do harm:
 *
 * <ul>
 *   <li>after a serialization failure or a deadlock it runs the same batch again, at most three times;
 *   <li>if the database is unavailable, every request gets that error;
 *   <li>if the commit was not confirmed, every request gets the error that its outcome is unknown.
 * </ul>
 *
 * @param <Q> the request, a record with {@link Message}
 * @param <A> the answer, a record with {@link Message}
 */
public interface BatchWorker<Q extends Record, A extends Record> extends Worker<Q, A> {

    /**
     * Answers requests.
     *
     * @param requests one or more, within the limits
     * @return as many answers, in the same order. Any other list is a fault of the worker: every request gets an error, and none
     *     runs again, since its effects are committed when this returns
     * @throws Refusal to refuse a request that is alone; with others beside it the batch runs again in halves. To
     *     refuse by an ordinary answer is cheaper
     * @throws Exception any other is a fault of the worker, as in {@link Worker#process}
     */
    List<A> processAll(List<Q> requests) throws Exception;

    /** A batch of one. */
    @Override
    default A process(Q request) throws Exception {
        return processAll(List.of(request)).get(0);
    }
}
