package io.framegate.gate;

/**
 * The CDI event that the port is open, for beans that show or administer the gate.
 *
 * @param instance the gate
 */
public record GateStarted(GateInstance instance) {}
