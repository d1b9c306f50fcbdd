package io.framegate.gate;

import io.framegate.config.DynamicConfig;
import io.framegate.config.ServerConfig;
import io.framegate.message.ApplicationMetrics;
import java.util.List;

/**
 * One gate of an application, as its administration sees it.
 *
 * @param gate the gate
 * @param settings its settings with their sources, and how to change them
 * @param applications the metrics that the application has of its own; empty before the port is open
 */
public record GateInstance(Gate gate, DynamicConfig settings, List<ApplicationMetrics> applications) {

    /** The settings in force. */
    public ServerConfig config() {
        return settings.current();
    }
}
