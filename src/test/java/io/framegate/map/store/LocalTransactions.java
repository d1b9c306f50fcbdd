package io.framegate.map.store;

import jakarta.persistence.EntityManager;
import java.util.function.Function;

/** Transactions without a container. */
public final class LocalTransactions implements Transactions {

    private final MapPersistence persistence;

    /** Of a database that has the schema. */
    public LocalTransactions(MapPersistence persistence) {
        this.persistence = persistence;
    }

    @Override
    public <T> T inTransaction(Function<EntityManager, T> work) {
        try (EntityManager entities = persistence.open()) {
            entities.getTransaction().begin();
            T result;
            try {
                result = work.apply(entities);
                entities.flush();
            } catch (RuntimeException e) {
                entities.getTransaction().rollback();
                throw e;
            }
            try {
                entities.getTransaction().commit();
            } catch (RuntimeException e) {
                throw new OutcomeUnknownException(e);
            }
            return result;
        }
    }
}
