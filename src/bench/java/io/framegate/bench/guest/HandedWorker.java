package io.framegate.bench.guest;

import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;

/** A worker like any other: not declared non-blocking, so it runs on the managed executor. */
@ApplicationScoped
public class HandedWorker implements Worker<HandedRequest, HandedResponse> {

    @Override
    public HandedResponse process(HandedRequest request) {
        return new HandedResponse("welcome:" + request.number());
    }
}
