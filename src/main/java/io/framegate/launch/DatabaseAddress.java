package io.framegate.launch;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a PostgreSQL is.
 *
 * @param url a JDBC URL
 */
public record DatabaseAddress(String url, String user, String password) {

    /** The environment by which the server learns of it; what is empty is left to the server's own defaults. */
    public Map<String, String> environment() {
        var environment = new LinkedHashMap<String, String>();
        environment.put("FRAMEGATE_DATABASE_URL", url);
        environment.put("FRAMEGATE_DATABASE_USER", user);
        environment.put("FRAMEGATE_DATABASE_PASSWORD", password);
        environment.values().removeIf(String::isEmpty);
        return environment;
    }

    @Override
    public String toString() {
        return url + (user.isEmpty() ? "" : " (user " + user + ")");
    }
}
