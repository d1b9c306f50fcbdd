package io.framegate.server;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What Payara keeps of the calling thread and Jakarta EE has no call for outside an HTTP request: as whom it works, which a worker can
 * change by Payara's programmatic login, and the time limit of its transactions, which Payara's own containers reset after each of their requests.
 * Payara's classes are found by name, so that the gate runs on servers that have none: there every thread works as null and has no such limit.
 */
final class PayaraThread {

    private static final MethodType RESET = MethodType.methodType(void.class);

    // Constants, which a call is compiled into: each is made for every request.
    private static final MethodHandle IDENTITY;
    private static final MethodHandle SET_IDENTITY;
    private static final MethodHandle RESET_TRANSACTION_TIMEOUT;

    static {
        MethodHandle identity = MethodHandles.constant(Object.class, null);
        MethodHandle setIdentity = MethodHandles.empty(MethodType.methodType(void.class, Object.class));
        MethodHandle resetTransactionTimeout = MethodHandles.empty(RESET);
        MethodHandles.Lookup lookup = MethodHandles.publicLookup();
        try {
            Class<?> context = Class.forName("com.sun.enterprise.security.SecurityContext");
            MethodHandle get = lookup.findStatic(context, "getCurrent", MethodType.methodType(context));
            MethodHandle set = lookup.findStatic(context, "setCurrent", MethodType.methodType(void.class, context));
            identity = get.asType(identity.type());
            setIdentity = set.asType(setIdentity.type());
        } catch (ReflectiveOperationException | LinkageError e) {
            // Another server.
        }
        try {
            resetTransactionTimeout = resetTransactionTimeout(lookup);
        } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
            // Another server.
        }
        IDENTITY = identity;
        SET_IDENTITY = setIdentity;
        RESET_TRANSACTION_TIMEOUT = resetTransactionTimeout;
    }

    private PayaraThread() {}

    /** That of the one transaction manager of the server. */
    private static MethodHandle resetTransactionTimeout(MethodHandles.Lookup lookup)
            throws ReflectiveOperationException {
        Class<?> type = Class.forName("com.sun.enterprise.transaction.api.JavaEETransactionManager");
        Object manager = Class.forName("org.glassfish.internal.api.Globals")
                .getMethod("get", Class.class)
                .invoke(null, type);
        return lookup.findVirtual(type, "cleanTxnTimeout", RESET).bindTo(Objects.requireNonNull(manager));
    }

    /** As whom this thread works; the same object until somebody changes it. */
    static @Nullable Object identity() {
        try {
            return (Object) IDENTITY.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException("Payara does not tell the identity of a thread", e);
        }
    }

    /** Gives this thread an identity that {@link #identity} has told. */
    static void setIdentity(@Nullable Object identity) {
        try {
            SET_IDENTITY.invokeExact(identity);
        } catch (Throwable e) {
            throw new IllegalStateException("Payara does not change the identity of a thread", e);
        }
    }

    /** Transactions that begin on this thread have the server's own time limit again. */
    static void resetTransactionTimeout() {
        try {
            RESET_TRANSACTION_TIMEOUT.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException("Payara does not change the time limit of transactions", e);
        }
    }
}
