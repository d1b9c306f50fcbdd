package io.framegate.guest;

import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;

/** Writes with JPA, in a transaction of the container. */
@ApplicationScoped
public class AddNoteWorker implements Worker<AddNoteRequest, AddNoteResponse> {

    @PersistenceContext
    private EntityManager entities;

    @Override
    @Transactional
    public AddNoteResponse process(AddNoteRequest request) {
        entities.createNativeQuery("create table if not exists guest_note (id bigserial primary key, text text)")
                .executeUpdate();
        Object id = entities.createNativeQuery("insert into guest_note (text) values (?1) returning id")
                .setParameter(1, request.text())
                .getSingleResult();
        if (request.failAfterwards()) {
            throw new IllegalStateException("after the insert, before the commit");
        }
        return new AddNoteResponse(((Number) id).longValue());
    }
}
