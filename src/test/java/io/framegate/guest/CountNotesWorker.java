package io.framegate.guest;

import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;

/** Reads with JPA, without a transaction. */
@ApplicationScoped
public class CountNotesWorker implements Worker<CountNotesRequest, CountNotesResponse> {

    @PersistenceContext
    private EntityManager entities;

    @Override
    public CountNotesResponse process(CountNotesRequest request) {
        Object count = entities.createNativeQuery("select count(*) from guest_note where text = ?1")
                .setParameter(1, request.text())
                .getSingleResult();
        return new CountNotesResponse(((Number) count).longValue());
    }
}
