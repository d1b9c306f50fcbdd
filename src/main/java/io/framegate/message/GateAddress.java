package io.framegate.message;

import java.util.Objects;

/**
 * The address of this application's gate, for clients on the same machine. Inject it to be a client of your own
 * gate: if the configured port is 0, only the gate knows the real one.
 *
 * @param host an IP address; the loopback address if the gate listens on all addresses
 * @param port 1 … 65535
 */
public record GateAddress(String host, int port) {

    public GateAddress {
        Objects.requireNonNull(host, "host");
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port=" + port);
        }
    }
}
