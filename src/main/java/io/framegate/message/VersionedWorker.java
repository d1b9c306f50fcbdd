package io.framegate.message;

/**
 * A worker whose answers the gate may give again: one that can tell, for much less than an answer costs, whether it would
 * be another one by now.
 *
 * <pre>
 * &#64;ApplicationScoped
 * public class LoadPriceListWorker implements VersionedWorker&lt;LoadPriceList, PriceList&gt; {
 *     public Object version(LoadPriceList request) { … }   // select version from price_list where id = ?
 *     public PriceList process(LoadPriceList request) { … }
 * }
 * </pre>
 *
 * Frames are kept ready to send, encoded and compressed, so an answer that is given again costs the version and a write.
 * How many bytes of them is a setting of the server, {@code framegate.response-cache.max-size}; those that are asked for least go
 * first.
 *
 * <p><b>Never stale.</b> The version is asked for anew for every request, after it came, and an answer is given again only
 * if its version is equal. For a new answer the version is asked for <em>before</em> the work. So no answer is older than
 * what was committed when its request came, also by other servers on the same database, provided that
 *
 * <ul>
 *   <li>whatever commits something that answers depend on changes the version in the same transaction;
 *   <li>a version that was left never comes back: a counter is one, a time of day is none. A counter in a database that is
 *       restored under a running server does come back; where that is to be right too, the version needs something else
 *       beside it, such as a number drawn at random with each change.
 * </ul>
 *
 * A {@code Refusal} and any other exception are not kept.
 *
 * @param <Q> the request, a record with {@link Message}
 * @param <A> the answer, a record with {@link Message}
 */
public interface VersionedWorker<Q extends Record, A extends Record> extends Worker<Q, A> {

    /**
     * The present version of all that the answer to a request depends on.
     *
     * @return something that equals only itself and what is the same version: a {@link Long}, a text, a record
     * @throws Refusal to say no, as in {@link #process}
     * @throws Exception any other is a fault of the worker, as in {@link #process}
     */
    Object version(Q request) throws Exception;
}
