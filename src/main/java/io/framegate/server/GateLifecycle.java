package io.framegate.server;

import jakarta.annotation.Resource;
import jakarta.ejb.EJBException;
import jakarta.enterprise.concurrent.ContextService;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;

/**
 * Has the gate opened and stopped while the application is whole.
 *
 * <p>It opens here, since Payara enlists what {@code @Transactional} code takes from a pool only on threads that were made in a web
 * request or a listener like this one: threads that the EJB makes by itself carry the EJB's invocation, and a connection that a worker
 * takes there commits each statement on its own. So the EJB makes its threads by factories that bring this listener's context.
 *
 * <p>It stops here, since Payara ends the web part of an application before its EJBs, and with it the class loader and the pools of
 * connections that are its own: a request that is worked on until the EJB's end fails by then, and its worker finds no class to
 * say so by.
 */
@WebListener
public class GateLifecycle implements ServletContextListener {

    private static final Logger LOG = System.getLogger(GateLifecycle.class.getName());

    @Inject
    private FramegateServer server;

    @Resource
    private ContextService contexts;

    /** Does what it is asked to; the proxy brings the context. */
    private static final class InWebContext implements FramegateServer.InContext {

        @Override
        public Thread newThread(ThreadFactory factory, Runnable work) {
            return factory.newThread(work);
        }

        @Override
        public void execute(Executor executor, Runnable task) {
            executor.execute(task);
        }
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        try {
            // Made here: what the proxy captures is the context of whoever makes it.
            server.open(contexts.createContextualProxy(new InWebContext(), FramegateServer.InContext.class));
            warnOfOpenMetrics(event.getServletContext().getContextPath());
        } catch (EJBException e) {
            // The deployer is told the cause's own words.
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private void warnOfOpenMetrics(String contextPath) {
        if (!contextPath.isEmpty()
                && server.instance().config().gate().identity().required()) {
            LOG.log(
                    Level.WARNING,
                    "framegate.identity.required does not protect /metrics, since the application is deployed at {0}: there they"
                            + " are the application server''s own. Deploy it at /, or let nobody else reach the HTTP port.",
                    contextPath);
        }
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        try {
            server.stop();
        } catch (EJBException e) {
            // It has not started, so there is nothing to stop.
            LOG.log(Level.DEBUG, "the gate is not there to be stopped: {0}", e.getMessage());
        }
    }
}
