package io.framegate.guest.twice;

import io.framegate.message.Worker;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import jakarta.enterprise.context.ApplicationScoped;

/** A second worker for the welcome. */
@ApplicationScoped
public class SecondWelcomeWorker implements Worker<WelcomeRequest, WelcomeResponse> {

    @Override
    public WelcomeResponse process(WelcomeRequest request) {
        return new WelcomeResponse("second");
    }
}
