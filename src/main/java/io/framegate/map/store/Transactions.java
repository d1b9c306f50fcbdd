package io.framegate.map.store;

import jakarta.persistence.EntityManager;
import java.util.function.Function;

/**
 * Transactions that tell what has become of them. {@code @Transactional} does not: whoever is within it has returned
 * before the commit, and can neither do it again nor say that its outcome is unknown.
 */
public interface Transactions {

    /**
     * Does something in a transaction of its own and commits it.
     *
     * @param work is given an entity manager that belongs to the transaction; whatever it throws rolls back, and is thrown
     * @return what the work returns, once it is committed
     * @throws OutcomeUnknownException if the commit fails: it may have been done all the same
     */
    <T> T inTransaction(Function<EntityManager, T> work);
}
