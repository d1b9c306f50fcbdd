package io.framegate.server;

import jakarta.enterprise.context.ContextNotActiveException;
import jakarta.enterprise.context.RequestScoped;
import jakarta.enterprise.context.control.RequestContextController;
import jakarta.enterprise.context.spi.AlterableContext;
import jakarta.enterprise.context.spi.Contextual;
import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.spi.AfterBeanDiscovery;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.Extension;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * The request scope of workers. It is active from a request's begin to its end, and the container's own scope is begun only when a
 * worker first uses a bean of it: to begin one costs as much as a small request, and few workers have a use for it.
 *
 * <p><b>Threads.</b> Any; each call is about the thread that makes it.
 */
public final class WorkerRequestScope implements Extension {

    private static final Logger LOG = System.getLogger(WorkerRequestScope.class.getName());

    /** Of threads that work requests; none on others. */
    private final ThreadLocal<@Nullable OfThread> states = new ThreadLocal<>();

    /** Made by the container. */
    public WorkerRequestScope() {}

    /** What the scope is on one thread. */
    static final class OfThread {
        private boolean unused; // a request is worked, and has used no bean of the scope so far
        private @Nullable RequestContextController begun; // the container's scope, while it is active for the request

        @Nullable
        Object identity; // as whom the thread works, unless a worker changes it

        private OfThread() {}

        /** A request begins. */
        void begin() {
            unused = true;
        }

        /** It has ended, and with it the beans that it has used. */
        void end() {
            unused = false;
            if (begun != null) {
                endBegun(begun);
            }
        }

        private void endBegun(RequestContextController controller) {
            begun = null;
            try {
                controller.deactivate();
            } catch (RuntimeException e) {
                LOG.log(
                        Level.WARNING,
                        "a request scope could not be ended: {0}",
                        e.getClass().getName());
            }
        }
    }

    void register(@Observes AfterBeanDiscovery discovery, BeanManager beans) {
        discovery.addContext(new OnFirstUse(beans));
    }

    /** That of the calling thread. */
    OfThread ofThread() {
        OfThread state = states.get();
        if (state == null) {
            state = new OfThread();
            states.set(state);
        }
        return state;
    }

    /** Active until the first bean is wanted; from then on it is the container's scope that is. */
    private final class OnFirstUse implements AlterableContext {

        private final BeanManager beans;

        OnFirstUse(BeanManager beans) {
            this.beans = beans;
        }

        @Override
        public Class<RequestScoped> getScope() {
            return RequestScoped.class;
        }

        @Override
        public boolean isActive() {
            OfThread state = states.get();
            return state != null && state.unused;
        }

        @Override
        public <T> @Nullable T get(Contextual<T> bean, CreationalContext<T> creation) {
            OfThread state = states.get();
            if (state == null || !state.unused) {
                throw new ContextNotActiveException("No request is worked on this thread.");
            }
            state.unused = false;
            RequestContextController controller = beans.createInstance()
                    .select(RequestContextController.class)
                    .get();
            controller.activate();
            state.begun = controller;
            return beans.getContext(RequestScoped.class).get(bean, creation);
        }

        @Override
        public <T> @Nullable T get(Contextual<T> bean) {
            return null;
        }

        @Override
        public void destroy(Contextual<?> bean) {
            // There is none yet.
        }
    }
}
