package io.framegate.launch;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** The address that signs in at the console who opens it: by a token, which the server makes, which works once and for ten minutes. */
final class SignInLink {

    private static final int PATIENCE_MILLIS = 10_000;
    private static final int MAX_TOKEN_BYTES = 200;

    private SignInLink() {}

    /**
     * Asks the server for one.
     *
     * @param page the console's address, with a slash at its end
     * @return empty where the server gives none; one signs in by name and password then
     */
    static Optional<String> ask(String page, String user, String password) {
        try {
            var connection = (HttpURLConnection)
                    URI.create(page + "admin/session/link").toURL().openConnection();
            connection.setConnectTimeout(PATIENCE_MILLIS);
            connection.setReadTimeout(PATIENCE_MILLIS);
            connection.setRequestMethod("POST");
            byte[] login = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
            connection.setRequestProperty(
                    "Authorization", "Basic " + Base64.getEncoder().encodeToString(login));
            connection.setFixedLengthStreamingMode(0);
            connection.setDoOutput(true);
            connection.getOutputStream().close();
            if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
                return Optional.empty();
            }
            try (InputStream token = connection.getInputStream()) {
                return Optional.of(new String(token.readNBytes(MAX_TOKEN_BYTES), StandardCharsets.US_ASCII).strip())
                        .filter(text -> text.matches("[\\w-]+"))
                        .map(text -> page + "#sign-in=" + text);
            }
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
