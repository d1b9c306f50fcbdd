package io.framegate.guest;

import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;

/** Is slow, as a worker that waits for something is. */
@ApplicationScoped
public class SleepWorker implements Worker<SleepRequest, SleepResponse> {

    @Override
    public SleepResponse process(SleepRequest request) throws InterruptedException {
        Thread.sleep(request.millis());
        return new SleepResponse(request.millis());
    }
}
