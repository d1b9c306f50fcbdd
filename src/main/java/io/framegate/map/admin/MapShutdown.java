package io.framegate.map.admin;

import io.framegate.map.start.MapStartup;
import io.framegate.map.start.MapUpkeep;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;

/**
 * Ends what loads the map and keeps it up while the application is whole. Payara ends the web part of an application before its beans, and with it the
 * class loader and the pools of connections: a thread that loads on until its bean's end is met by errors, and finds no class to
 * say so by.
 */
@WebListener
public class MapShutdown implements ServletContextListener {

    @Inject
    private MapStartup startup;

    @Inject
    private MapUpkeep upkeep;

    @Inject
    private LoadJobs loads;

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        startup.stop();
        upkeep.stop();
        loads.stop();
    }
}
