package io.framegate;

import io.framegate.gate.Gate;

/**
 * The event that the port is open: for beans that show or administer it.
 *
 * @param server the server itself, since its EJB can't be asked before the observers have returned
 */
public record GateStarted(FramegateServer server) {

    /** Its gate. */
    public Gate gate() {
        return server.gate();
    }
}
