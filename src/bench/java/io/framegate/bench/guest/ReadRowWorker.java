package io.framegate.bench.guest;

import io.framegate.message.Refusal;
import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;

/** Reads one entity by its key. */
@ApplicationScoped
public class ReadRowWorker implements Worker<ReadRow, Row> {

    @PersistenceContext(unitName = "bench")
    private EntityManager entities;

    @Override
    public Row process(ReadRow request) {
        Account account = entities.find(Account.class, request.id());
        if (account == null) {
            throw new Refusal(Refusal.Code.NOT_FOUND, "There is no account " + request.id() + ".");
        }
        return new Row(account.balance());
    }
}
