package io.framegate.ops;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.SessionCookieConfig;
import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.annotation.WebListener;
import java.util.Set;

/**
 * The administrator's session: its cookie is for no script to read. That no other site's page may send it says
 * {@code WEB-INF/payara-web.xml}.
 *
 * <p>Why not a {@code web.xml}, which could say the same: Payara reads it five times while it deploys, each time with its
 * schema.
 */
@WebListener
public class SessionRules implements ServletContextListener {

    private static final String COOKIE = "FRAMEGATE_SESSION";

    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServletContext context = event.getServletContext();
        AnswerHeaders.register(context);
        context.setSessionTimeout((int) AdminSession.LONGEST_IDLE.toMinutes());
        context.setSessionTrackingModes(Set.of(SessionTrackingMode.COOKIE));
        SessionCookieConfig cookie = context.getSessionCookieConfig();
        cookie.setName(COOKIE);
        cookie.setHttpOnly(true);
    }
}
