package io.framegate.message;

import java.util.Objects;

/**
 * Where the gate of this application is reached from the machine that it runs on. Inject it to be a client of your own
 * gate: the port in the settings may be 0, and then only the gate knows.
 *
 * @param host an IP address; loopback where the gate listens on all addresses
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
