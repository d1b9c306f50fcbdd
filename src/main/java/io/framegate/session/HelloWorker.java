package io.framegate.session;

import io.framegate.message.Caller;
import io.framegate.message.CallerWorker;
import io.framegate.message.NonBlocking;
import jakarta.annotation.security.PermitAll;
import jakarta.enterprise.context.ApplicationScoped;

/** Answers {@link HelloRequest} on the I/O thread, so that it is done before the next frame is cut. */
@ApplicationScoped
@NonBlocking
@PermitAll
public class HelloWorker implements CallerWorker<HelloRequest, HelloResponse> {

    @Override
    public HelloResponse process(HelloRequest request, Caller caller) {
        return Sender.sessionOf(caller).agree(request);
    }
}
