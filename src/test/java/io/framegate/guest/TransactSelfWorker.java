package io.framegate.guest;

import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.SQLException;

/** Is transactional itself. */
@ApplicationScoped
public class TransactSelfWorker implements Worker<TransactSelfRequest, TransactResponse> {

    @Inject
    private TransactedNotes notes;

    @Override
    @Transactional
    public TransactResponse process(TransactSelfRequest request) throws SQLException {
        notes.insert(request.text());
        throw new IllegalStateException("after the insert");
    }
}
