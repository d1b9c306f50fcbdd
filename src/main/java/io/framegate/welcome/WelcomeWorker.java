package io.framegate.welcome;

import io.framegate.message.NonBlocking;
import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;

/** Answers {@link WelcomeRequest}. */
@ApplicationScoped
@NonBlocking
public class WelcomeWorker implements Worker<WelcomeRequest, WelcomeResponse> {

    @Override
    public WelcomeResponse process(WelcomeRequest request) {
        return new WelcomeResponse("welcome:" + request.number());
    }
}
