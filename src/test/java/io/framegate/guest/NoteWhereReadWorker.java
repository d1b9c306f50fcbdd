package io.framegate.guest;

import io.framegate.message.NonBlocking;
import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import javax.naming.NamingException;

/** Does on the thread that reads what the others do on the executor's: a quick worker may come to be worked there. */
@ApplicationScoped
@NonBlocking
public class NoteWhereReadWorker implements Worker<NoteWhereReadRequest, ContextResponse> {

    @Inject
    private AddNoteWorker notes;

    @Inject
    private ContextWorker context;

    @Override
    public ContextResponse process(NoteWhereReadRequest request) throws NamingException, ClassNotFoundException {
        notes.process(new AddNoteRequest(request.text(), false));
        return context.process(new ContextRequest(true));
    }
}
