package io.framegate.message;

/**
 * Authenticates a client of the application's own as the server itself, on each of its connections. A bean gets one by
 * {@code @Inject Supplier<Optional<OwnLogin>>}, empty if the port needs no login.
 *
 * @param request the login to send; it has a secret of this process
 * @param answer the type of its answer
 */
public record OwnLogin(Record request, Class<? extends Record> answer) {

    /** Without the secret. */
    @Override
    public String toString() {
        return "OwnLogin[]";
    }
}
