package io.framegate.config;

import java.util.List;
import java.util.Optional;

/**
 * Who may administer the gate, and from where.
 *
 * @param user the administrator's name
 * @param password the password itself, if it is given so
 * @param passwordHash what is kept of it instead, as the server prints it
 * @param passwordFile where a password that the server makes at its first start is kept, hashed
 * @param hosts names that the pages may be asked by, besides those of the loopback interface
 */
public record AdminConfig(
        String user,
        Optional<String> password,
        Optional<String> passwordHash,
        Optional<String> passwordFile,
        List<String> hosts) {

    public AdminConfig {
        hosts = List.copyOf(hosts);
    }

    /** Without what nobody should read. */
    @Override
    public String toString() {
        return "AdminConfig[user=" + user + ", hosts=" + hosts + "]";
    }
}
