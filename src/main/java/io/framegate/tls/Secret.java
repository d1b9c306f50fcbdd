package io.framegate.tls;

/**
 * A password that does not show itself in logs and messages.
 *
 * @param value the password, empty where there is none
 */
public record Secret(String value) {

    @Override
    public String toString() {
        return value.isEmpty() ? "(none)" : "(hidden)";
    }
}
