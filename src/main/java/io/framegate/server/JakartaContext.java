package io.framegate.server;

import io.framegate.dispatch.ContainerContext;
import jakarta.enterprise.concurrent.ManageableThread;
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
 * What Jakarta EE knows of a request: its scope, its transaction, and as whom it is worked. To look at them costs a few nanoseconds,
 * so it is done for every request.
 */
final class JakartaContext implements ContainerContext {

    private static final Logger LOG = System.getLogger(JakartaContext.class.getName());

    private final TransactionSynchronizationRegistry registry;
    private final UserTransaction transaction;
    private final WorkerRequestScope scope;

    private JakartaContext(
            TransactionSynchronizationRegistry registry, UserTransaction transaction, WorkerRequestScope scope) {
        this.registry = registry;
        this.transaction = transaction;
        this.scope = scope;
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
                    beans.getExtension(WorkerRequestScope.class));
        } catch (NamingException e) {
            throw new IllegalStateException("The application server gives the application no transactions.", e);
        }
    }

    @Override
    public Object ofThread() {
        WorkerRequestScope.OfThread thread = scope.ofThread();
        thread.identity = PayaraThread.identity();
        return thread;
    }

    @Override
    public void begin(Object ofThread) {
        ((WorkerRequestScope.OfThread) ofThread).begin();
    }

    @Override
    public @Nullable String end(Object ofThread) {
        WorkerRequestScope.OfThread thread = (WorkerRequestScope.OfThread) ofThread;
        Object identity = thread.identity;
        if (PayaraThread.identity() != identity) {
            PayaraThread.setIdentity(identity);
        }
        thread.end();
        PayaraThread.resetTransactionTimeout();
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
