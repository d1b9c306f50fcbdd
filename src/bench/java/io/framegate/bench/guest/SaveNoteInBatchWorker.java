package io.framegate.bench.guest;

import io.framegate.message.BatchLimits;
import io.framegate.message.BatchWorker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.List;

/** Stores entities in one transaction. */
@ApplicationScoped
@BatchLimits(atATime = 2)
public class SaveNoteInBatchWorker implements BatchWorker<SaveNoteInBatch, NoteInBatchSaved> {

    @PersistenceContext(unitName = "bench")
    private EntityManager entities;

    @Override
    @Transactional
    public List<NoteInBatchSaved> processAll(List<SaveNoteInBatch> requests) {
        List<NoteInBatchSaved> saved = new ArrayList<>();
        for (SaveNoteInBatch request : requests) {
            Note note = new Note(request.author(), request.text());
            entities.persist(note);
            saved.add(new NoteInBatchSaved(note.id()));
        }
        return saved;
    }
}
