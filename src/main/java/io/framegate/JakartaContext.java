package io.framegate;

import io.framegate.dispatch.ContainerContext;
import jakarta.enterprise.concurrent.ManageableThread;
import jakarta.enterprise.context.RequestScoped;
import jakarta.enterprise.context.control.RequestContextController;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionSynchronizationRegistry;
import jakarta.transaction.UserTransaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import org.jspecify.annotations.Nullable;

/**
 * What Jakarta EE knows of a request: its scope, its transaction, and as whom it is worked. To look costs a few nanoseconds, so it is done for every
 * request; a scope is begun only where the application has beans of it, since that costs more than a small request.
 */
final class JakartaContext implements ContainerContext {

    private static final Logger LOG = System.getLogger(JakartaContext.class.getName());

    private final TransactionSynchronizationRegistry registry;
    private final UserTransaction transaction;
    private final @Nullable ThreadLocal<RequestContextController> scopes; // null where no bean has that scope

    private final @Nullable PayaraIdentity identity; // null on another server

    private JakartaContext(
            TransactionSynchronizationRegistry registry,
            UserTransaction transaction,
            @Nullable ThreadLocal<RequestContextController> scopes) {
        this.registry = registry;
        this.transaction = transaction;
        this.scopes = scopes;
        this.identity = PayaraIdentity.find();
    }

    /**
     * That of the application whose thread calls.
     *
     * @param beans the application's
     */
    static JakartaContext of(BeanManager beans) {
        try {
            return new JakartaContext(
                    InitialContext.doLookup("java:comp/TransactionSynchronizationRegistry"),
                    InitialContext.doLookup("java:comp/UserTransaction"),
                    hasRequestScopedBeans(beans)
                            ? ThreadLocal.withInitial(() -> beans.createInstance()
                                    .select(RequestContextController.class)
                                    .get())
                            : null);
        } catch (NamingException e) {
            throw new IllegalStateException("The application server gives the application no transactions.", e);
        }
    }

    /** Whether the application has any of its own; those of the server want an HTTP request. */
    private static boolean hasRequestScopedBeans(BeanManager beans) {
        ClassLoader application = Thread.currentThread().getContextClassLoader();
        return beans.getBeans(Object.class, Any.Literal.INSTANCE).stream()
                .anyMatch(bean -> bean.getScope() == RequestScoped.class
                        && bean.getBeanClass().getClassLoader() == application);
    }

    @Override
    public @Nullable Object begin() {
        if (scopes != null) {
            scopes.get().activate();
        }
        return identity == null ? null : identity.current();
    }

    @Override
    public @Nullable String end(@Nullable Object begun) {
        if (identity != null && identity.current() != begun) {
            identity.become(begun);
        }
        if (scopes != null) {
            try {
                scopes.get().deactivate();
            } catch (RuntimeException e) {
                LOG.log(
                        Level.WARNING,
                        "a request scope could not be ended: {0}",
                        e.getClass().getName());
            }
        }
        if (registry.getTransactionStatus() == Status.STATUS_NO_TRANSACTION) {
            return null;
        }
        try {
            transaction.rollback();
        } catch (SystemException | RuntimeException e) {
            LOG.log(Level.ERROR, "a transaction that a worker left open could not be rolled back", e);
        }
        return "its transaction";
    }

    @Override
    public boolean isThreadEnding() {
        return Thread.currentThread() instanceof ManageableThread thread && thread.isShutdown();
    }
}
