package io.framegate.guest;

import io.framegate.client.FramegateClient;
import io.framegate.message.GateAddress;
import io.framegate.message.Worker;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import javax.security.auth.Subject;

/** Uses the request scope, and what the gate gives its application; leaves another identity on the thread. */
@ApplicationScoped
public class ScopeWorker implements Worker<ScopeRequest, ScopeResponse> {

    private final ScopedNote note;
    private final FramegateClient.Builder gate;
    private final int port;

    /** For the container. */
    protected ScopeWorker() {
        this(null, null, new GateAddress("", 0));
    }

    /** What is injected is used at once, while the server starts. */
    @Inject
    public ScopeWorker(ScopedNote note, FramegateClient.Builder gate, GateAddress address) {
        this.note = note;
        this.gate = gate;
        this.port = address.port();
    }

    @Override
    public ScopeResponse process(ScopeRequest request) throws Exception {
        String before = note.text();
        note.put(request.put());
        String welcome;
        try (FramegateClient client = gate.port(port).build()) {
            welcome = client.send(new WelcomeRequest(1), WelcomeResponse.class)
                    .join()
                    .text();
        }
        Class<?> context = Class.forName("com.sun.enterprise.security.SecurityContext");
        Object current = context.getMethod("getCurrent").invoke(null);
        Object principal = context.getMethod("getCallerPrincipal").invoke(current);
        Object other = context.getConstructor(String.class, Subject.class).newInstance("somebody", new Subject());
        context.getMethod("setCurrent", context).invoke(null, other);
        return new ScopeResponse(before, note.text(), ScopedNote.destroyed(), String.valueOf(principal), welcome);
    }
}
