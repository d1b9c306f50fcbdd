package io.framegate;

import jakarta.ejb.EJBException;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Stops the gate while the application is whole. Payara ends the web part of an application before its EJBs, and with it the
 * class loader and the pools of connections that are its own: a request that is worked on until the EJB's end fails by then, and
 * its worker finds no class to say so by.
 */
@WebListener
public class GateEnd implements ServletContextListener {

    private static final Logger LOG = System.getLogger(GateEnd.class.getName());

    @Inject
    private FramegateServer server;

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
