package io.framegate.guest;

import io.framegate.message.NonBlocking;
import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Leaves it to a bean, on the thread that reads: a quick worker may come to be worked there. */
@ApplicationScoped
@NonBlocking
public class TransactInlineWorker implements Worker<TransactInlineRequest, TransactResponse> {

    @Inject
    private TransactedNotes notes;

    @Override
    public TransactResponse process(TransactInlineRequest request) throws Exception {
        return new TransactResponse(notes.store(request.way(), request.text()));
    }
}
