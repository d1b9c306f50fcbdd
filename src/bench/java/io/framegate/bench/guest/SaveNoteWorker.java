package io.framegate.bench.guest;

import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;

/** Stores one entity in a transaction of its own. */
@ApplicationScoped
public class SaveNoteWorker implements Worker<SaveNote, NoteSaved> {

    @PersistenceContext(unitName = "bench")
    private EntityManager entities;

    @Override
    @Transactional
    public NoteSaved process(SaveNote request) {
        Note note = new Note(request.author(), request.text());
        entities.persist(note);
        return new NoteSaved(note.id());
    }
}
