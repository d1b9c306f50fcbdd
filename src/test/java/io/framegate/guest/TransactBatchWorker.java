package io.framegate.guest;

import io.framegate.message.BatchWorker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.SQLException;
import java.util.List;

/** Stores a row for each, and fails. */
@ApplicationScoped
public class TransactBatchWorker implements BatchWorker<TransactBatchRequest, TransactResponse> {

    @Inject
    private TransactedNotes notes;

    @Override
    @Transactional
    public List<TransactResponse> processAll(List<TransactBatchRequest> requests) throws SQLException {
        for (TransactBatchRequest request : requests) {
            notes.insert(request.text());
        }
        throw new IllegalStateException("after the inserts");
    }
}
