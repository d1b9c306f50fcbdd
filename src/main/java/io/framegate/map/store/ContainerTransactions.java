package io.framegate.map.store;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import jakarta.transaction.UserTransaction;
import java.util.function.Function;

/** Transactions of the container: JTA. */
@ApplicationScoped
public class ContainerTransactions implements Transactions {

    // Set by the container before the first call, and never after.
    private UserTransaction transaction;
    private MapPersistence persistence;

    /** For the container's proxy. */
    protected ContainerTransactions() {}

    @Inject
    ContainerTransactions(UserTransaction transaction, MapPersistence persistence) {
        this.transaction = transaction;
        this.persistence = persistence;
    }

    @Override
    public <T> T inTransaction(Function<EntityManager, T> work) {
        begin();
        T result;
        try (EntityManager entities = persistence.open()) {
            result = work.apply(entities);
            // What can fail fails here, where it is known that nothing is stored.
            entities.flush();
        } catch (RuntimeException | Error e) {
            rollBack(e);
            throw e;
        }
        commit();
        return result;
    }

    private void begin() {
        try {
            transaction.begin();
        } catch (NotSupportedException | SystemException e) {
            throw new PersistenceException("no transaction could be begun", e);
        }
    }

    private void rollBack(Throwable why) {
        try {
            transaction.rollback();
        } catch (SystemException | RuntimeException e) {
            // The connection went with the work; so the database has rolled back by itself.
            why.addSuppressed(e);
        }
    }

    private void commit() {
        try {
            transaction.commit();
        } catch (RollbackException
                | HeuristicMixedException
                | HeuristicRollbackException
                | SystemException
                | RuntimeException e) {
            // Even a RollbackException: the container says so when the connection fails on the way to the commit's
            // answer.
            throw new OutcomeUnknownException(e);
        }
    }
}
