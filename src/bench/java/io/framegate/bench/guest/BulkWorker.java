package io.framegate.bench.guest;

import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;

/** Counts the bytes of a request. */
@ApplicationScoped
public class BulkWorker implements Worker<BulkRequest, BulkResponse> {

    @Override
    public BulkResponse process(BulkRequest request) {
        return new BulkResponse(request.bytes().length);
    }
}
