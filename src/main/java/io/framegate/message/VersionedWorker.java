package io.framegate.message;

/**
 * A worker whose answers the gate may cache: it can tell, for much less than an answer costs, whether the answer has
 * changed.
 *
 * <pre>
 * &#64;ApplicationScoped
 * public class LoadPriceListWorker implements VersionedWorker&lt;LoadPriceList, PriceList&gt; {
 *     public Object version(LoadPriceList request) { … }   // select version from price_list where id = ?
 *     public PriceList process(LoadPriceList request) { … }
 * }
 * </pre>
 *
 * The cache holds encoded and compressed frames, so a hit costs the version and a write. The setting
 * {@code framegate.response-cache.max-size} bounds its bytes; the least requested answers are evicted
 * first.
 *
 * <p><b>Never stale.</b> The gate asks for the version for every request, after it has arrived, and uses a cached answer only
 * if its version is equal. For a new answer it asks for the version <em>before</em> the worker runs. No answer is therefore older than
 * what was committed when its request arrived, also by other servers on the same database, provided that
 *
 * <ul>
 *   <li>each transaction that changes what answers depend on changes the version too;
 *   <li>a version never comes back: use a counter, not a time of day. A counter in a database that is
 *       restored under a running server does come back; to be right even then, add something to the version, such as a
 *       random number of each change.
 * </ul>
 *
 * Exceptions, a {@code Refusal} included, are not cached.
 *
 * @param <Q> the request, a record with {@link Message}
 * @param <A> the answer, a record with {@link Message}
 */
public interface VersionedWorker<Q extends Record, A extends Record> extends Worker<Q, A> {

    /**
     * The present version of everything that the answer to a request depends on.
     *
     * @return a value that equals only the same version: a {@link Long}, a text, a record
     * @throws Refusal to refuse the request, as in {@link #process}
     * @throws Exception any other is a fault of the worker, as in {@link #process}
     */
    Object version(Q request) throws Exception;
}
