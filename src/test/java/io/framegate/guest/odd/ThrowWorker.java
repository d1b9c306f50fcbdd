package io.framegate.guest.odd;

import io.framegate.message.Worker;
import io.framegate.testkit.OddThrowables;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;

/** Throws, through the container's interceptors, what nobody should. */
@ApplicationScoped
public class ThrowWorker implements Worker<ThrowRequest, ThrowResponse> {

    @Override
    @Transactional
    public ThrowResponse process(ThrowRequest request) {
        if (request.how() >= 0) {
            throwAnything(OddThrowables.made(request.how(), "odd"));
        }
        return new ThrowResponse(request.how());
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void throwAnything(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
