package io.framegate.message;

import java.util.List;

/**
 * A worker that is given, at once, what many connections asked at the same time: for saves, which then share one
 * transaction, one commit and statements of many rows.
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
 * <b>How requests come together.</b> A request that comes while the worker has nothing to do is worked at once, alone.
 * What comes while it works waits, and is the next batch, within the limits of {@link BatchLimits}. So nothing is delayed
 * to wait for others, and the more come the more share a commit. There is one batch at a time, unless the limits say otherwise; its requests are in the
 * order in which they came, those of one connection in the order in which they were sent.
 *
 * <p><b>All or nothing.</b> No answer leaves before {@link #processAll} has returned, which with {@code @Transactional}
 * is after the commit. If it throws, nothing may be left of the batch; {@code @Transactional} sees to that. Then the
 * requests are worked again in halves, and so on, until the one that is at fault is alone: it gets the error, the others
 * their answers. Halves are not tried where that can't help or would do harm:
 *
 * <ul>
 *   <li>the transaction gave way to another one (a deadlock, a serialization failure): the same batch again, at most three
 *       times;
 *   <li>the database can't be reached: every request is told so;
 *   <li>the commit was not confirmed: every request is told that its outcome is unknown.
 * </ul>
 *
 * @param <Q> the request, a record with {@link Message}
 * @param <A> the answer, a record with {@link Message}
 */
public interface BatchWorker<Q extends Record, A extends Record> extends Worker<Q, A> {

    /**
     * Makes the answers to requests.
     *
     * @param requests one or more, within the limits
     * @return as many answers, in the same order. Any other list is a fault of the worker: every request is told so, and none is
     *     worked again, since what was to be done is done when this returns.
     * @throws Refusal to say no to a request that is alone; with others beside it the batch is worked again in halves. To
     *     say no in an ordinary answer is cheaper.
     * @throws Exception any other is a fault of the worker, as in {@link Worker#process}
     */
    List<A> processAll(List<Q> requests) throws Exception;

    /** A batch of one. */
    @Override
    default A process(Q request) throws Exception {
        return processAll(List.of(request)).get(0);
    }
}
