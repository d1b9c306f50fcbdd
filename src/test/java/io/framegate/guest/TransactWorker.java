package io.framegate.guest;

import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Leaves it to a bean. */
@ApplicationScoped
public class TransactWorker implements Worker<TransactRequest, TransactResponse> {

    @Inject
    private TransactedNotes notes;

    @Override
    public TransactResponse process(TransactRequest request) throws Exception {
        return new TransactResponse(notes.store(request.way(), request.text()));
    }
}
