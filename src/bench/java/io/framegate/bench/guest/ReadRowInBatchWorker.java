package io.framegate.bench.guest;

import io.framegate.message.BatchLimits;
import io.framegate.message.BatchWorker;
import io.framegate.message.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads entities by their keys, by one statement. */
@ApplicationScoped
@BatchLimits(atATime = 2)
public class ReadRowInBatchWorker implements BatchWorker<ReadRowInBatch, RowInBatch> {

    private static final String BY_KEYS = "select aid, abalance from pgbench_accounts where aid = any (?1)";

    @PersistenceContext(unitName = "bench")
    private EntityManager entities;

    @Override
    public List<RowInBatch> processAll(List<ReadRowInBatch> requests) {
        Map<Integer, Account> found = new HashMap<>();
        Integer[] ids = requests.stream().map(ReadRowInBatch::id).distinct().toArray(Integer[]::new);
        for (Object row : entities.createNativeQuery(BY_KEYS, Account.class)
                .setParameter(1, ids)
                .getResultList()) {
            Account account = (Account) row;
            found.put(account.id(), account);
        }
        return requests.stream().map(request -> answer(request, found)).toList();
    }

    private static RowInBatch answer(ReadRowInBatch request, Map<Integer, Account> found) {
        Account account = found.get(request.id());
        if (account == null) {
            throw new Refusal(Refusal.Code.NOT_FOUND, "There is no account " + request.id() + ".");
        }
        return new RowInBatch(account.balance());
    }
}
