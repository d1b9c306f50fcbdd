package io.framegate.map.page;

import io.framegate.client.ClientException;
import io.framegate.client.EncodedResponse;
import io.framegate.client.FramegateClient;
import io.framegate.message.OwnLogin;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * The page's connection to the gate's TCP port; one for all who look at it. It is made with the first request, and made
 * anew when it breaks.
 */
@ApplicationScoped
public class GateClient {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Inject
    private FramegateClient.Builder gate;

    @Inject
    private Supplier<Optional<OwnLogin>> ownLogin;

    // Set by the container before the first call, and never after.
    private FramegateClient client;

    /** For the container. */
    protected GateClient() {}

    @PostConstruct
    void open() {
        client = gate.requestTimeout(PATIENCE).build();
    }

    /**
     * Asks, and waits for the answer.
     *
     * @throws ClientException if there is none
     */
    public EncodedResponse ask(Record request, Class<? extends Record> answer) {
        try {
            return askOnce(request, answer);
        } catch (ClientException e) {
            Optional<OwnLogin> login = ownLogin.get();
            if (e.kind() != ClientException.Kind.REFUSED || login.isEmpty()) {
                throw e;
            }
            // Perhaps for want of a login, which each connection needs anew.
            askOnce(login.get().request(), login.get().answer());
            return askOnce(request, answer);
        }
    }

    private EncodedResponse askOnce(Record request, Class<? extends Record> answer) {
        CompletableFuture<EncodedResponse> promise = client.sendForBytes(request, answer);
        try {
            return promise.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ClientException why) {
                throw why;
            }
            throw e;
        }
    }

    @PreDestroy
    void close() {
        client.close();
    }
}
