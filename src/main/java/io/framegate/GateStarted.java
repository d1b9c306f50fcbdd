package io.framegate;

/**
 * The event that the port is open: for beans that show or administer it.
 *
 * @param server the server itself, since its EJB can't be asked before the observers have returned
 */
public record GateStarted(FramegateServer server) {}
