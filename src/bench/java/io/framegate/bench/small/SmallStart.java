package io.framegate.bench.small;

import jakarta.annotation.PostConstruct;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** An EJB that starts with the application. */
@Startup
@Singleton
public class SmallStart {

    private static final Logger LOG = System.getLogger(SmallStart.class.getName());

    @Inject
    private SmallBean bean;

    @PostConstruct
    void start() {
        LOG.log(Level.INFO, bean.word());
    }
}
