package io.framegate.message;

/**
 * By what a client of the application's own says that it is the server itself, on each of its connections. A bean gets one by
 * {@code @Inject Supplier<Optional<OwnLogin>>}, empty where the port answers without a login.
 *
 * @param request to be sent; a secret of this process
 * @param answer what the port answers
 */
public record OwnLogin(Record request, Class<? extends Record> answer) {

    /** Without the secret. */
    @Override
    public String toString() {
        return "OwnLogin[]";
    }
}
