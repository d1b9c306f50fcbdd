package io.framegate.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionBindingEvent;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AdminSessionsTest {

    private final AdminSessions sessions = new AdminSessions();
    private final Browser browser = new Browser();

    @Test
    void endWhenTheyAreSignedOut() {
        sessions.begin(browser.request(), new AdminSession("admin", sessions.passwords()));
        BooleanSupplier end = sessions.end(browser.request());
        assertFalse(end.getAsBoolean());
        assertEquals(Optional.of("admin"), sessions.ofCookie(browser.request()).map(AdminSession::name));
        browser.request().getSession(false).invalidate();
        assertTrue(end.getAsBoolean());
        assertEquals(Optional.empty(), sessions.ofCookie(browser.request()));
    }

    @Test
    void endWhenThePasswordChanges() {
        long looked = sessions.passwords();
        sessions.begin(browser.request(), new AdminSession("admin", looked));
        BooleanSupplier page = sessions.end(browser.request());
        Browser program = new Browser();
        sessions.beginForRequest(program.request(), new AdminSession("admin", looked));
        BooleanSupplier request = sessions.end(program.request());
        assertFalse(page.getAsBoolean() || request.getAsBoolean());

        sessions.passwordChanged();
        assertTrue(page.getAsBoolean() && request.getAsBoolean());
        assertEquals(Optional.empty(), sessions.ofCookie(browser.request()));
        assertNull(browser.session, "the container's session goes with it");

        // The old password was looked at before, and is let in after the change.
        sessions.begin(browser.request(), new AdminSession("admin", looked));
        assertEquals(Optional.empty(), sessions.ofCookie(browser.request()));

        sessions.begin(browser.request(), new AdminSession("admin", new AdminSessions().passwords()));
        assertEquals(Optional.empty(), sessions.ofCookie(browser.request()));
    }

    @Test
    void areNobodysWithoutOne() {
        assertTrue(sessions.end(browser.request()).getAsBoolean());
    }

    /** A browser's requests, with the one session that its cookie names. */
    private static final class Browser {

        private final Map<String, Object> attributes = new HashMap<>();
        private @Nullable Map<String, Object> session;

        HttpServletRequest request() {
            return proxy(HttpServletRequest.class, (name, arguments) -> switch (name) {
                case "getSession" -> session(arguments.length == 0 || (boolean) arguments[0]);
                case "getAttribute" -> attributes.get((String) arguments[0]);
                case "setAttribute" -> attributes.put((String) arguments[0], arguments[1]);
                default -> throw new UnsupportedOperationException(name);
            });
        }

        private @Nullable HttpSession session(boolean make) {
            if (session == null && make) {
                session = new HashMap<>();
            }
            Map<String, Object> values = session;
            return values == null
                    ? null
                    : proxy(HttpSession.class, (name, arguments) -> switch (name) {
                        case "getAttribute" -> values.get((String) arguments[0]);
                        case "setAttribute" -> values.put((String) arguments[0], arguments[1]);
                        case "invalidate" -> {
                            session = null;
                            values.values().stream()
                                    .filter(AdminSession.class::isInstance)
                                    .map(AdminSession.class::cast)
                                    .forEach(each -> each.valueUnbound(
                                            new HttpSessionBindingEvent(session(true), "framegate.session")));
                            session = null;
                            yield null;
                        }
                        default -> throw new UnsupportedOperationException(name);
                    });
        }

        private interface Calls {

            @Nullable
            Object call(String name, Object[] arguments);
        }

        private static <T> T proxy(Class<T> type, Calls calls) {
            return type.cast(Proxy.newProxyInstance(
                    type.getClassLoader(),
                    new Class<?>[] {type},
                    (self, method, arguments) ->
                            calls.call(method.getName(), arguments == null ? new Object[0] : arguments)));
        }
    }
}
