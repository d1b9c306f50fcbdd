package io.framegate.config;

import java.util.Optional;

/**
 * All settings of a gate in an application server, validated.
 *
 * @param gate of the port
 * @param admin who may administer
 * @param http what is taken over HTTP
 * @param executor the JNDI name of the managed executor that workers run on
 * @param instanceName what this gate is called among those of a Data Grid; its host's name and port where nobody says
 */
public record ServerConfig(
        GateConfig gate, AdminConfig admin, HttpConfig http, String executor, Optional<String> instanceName) {

    /** The threads that the application declares itself. */
    public static final String OWN_EXECUTOR = "java:app/concurrent/framegate-workers";
}
