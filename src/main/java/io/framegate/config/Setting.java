package io.framegate.config;

import java.util.Optional;

/**
 * One setting as it is in force.
 *
 * @param name with the prefix {@code framegate.}
 * @param value as text, the default's where nobody has set one
 * @param source where the value is from: the name of a source of MicroProfile Config, {@link ConfigReader#DEFAULT_SOURCE}
 *     or {@link DynamicConfig#OVERRIDE_SOURCE}
 * @param byDefault the default
 * @param live whether it can change while the gate runs
 * @param pending what the configuration says instead, for one that takes another value only at the next start
 */
public record Setting(
        String name, String value, String source, String byDefault, boolean live, Optional<String> pending) {}
