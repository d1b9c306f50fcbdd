package io.framegate.ops;

import io.framegate.config.DynamicConfig;
import io.framegate.config.ServerConfig;
import io.framegate.gate.GateStarted;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;

/** Where HTTP requests come from: the peer's address, or what a proxy tells that {@code framegate.admin.trusted-proxies} names. */
@ApplicationScoped
public class ClientAddress {

    private volatile ProxiedAddress proxies = ProxiedAddress.DIRECT;

    /** For the container. */
    protected ClientAddress() {}

    void started(@Observes GateStarted event) {
        DynamicConfig live = event.instance().settings();
        take(live.current());
        live.follow(this::take);
    }

    private void take(ServerConfig config) {
        proxies = ProxiedAddress.of(config.admin().proxies());
    }

    /** The address of who asks, in digits. */
    public String of(HttpServletRequest request) {
        ProxiedAddress now = proxies;
        List<String> lines = Collections.list(request.getHeaders(now.headerName()));
        return now.client(String.valueOf(request.getRemoteAddr()), lines);
    }
}
