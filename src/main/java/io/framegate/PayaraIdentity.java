package io.framegate;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * As whom a thread works, in Payara. A worker can change it by Payara's programmatic login; Jakarta EE has no call that tells or
 * sets it outside an HTTP request. Payara's class is found by name, so that the gate runs on servers that have none: there every thread works
 * as null.
 */
final class PayaraIdentity {

    private static final String CONTEXT = "com.sun.enterprise.security.SecurityContext";

    // Constants, which a call is compiled into: it is made twice for each request.
    private static final MethodHandle CURRENT;
    private static final MethodHandle BECOME;

    static {
        MethodHandle current;
        MethodHandle become;
        try {
            Class<?> context = Class.forName(CONTEXT);
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            current = lookup.findStatic(context, "getCurrent", MethodType.methodType(context))
                    .asType(MethodType.methodType(Object.class));
            become = lookup.findStatic(context, "setCurrent", MethodType.methodType(void.class, context))
                    .asType(MethodType.methodType(void.class, Object.class));
        } catch (ReflectiveOperationException | LinkageError e) {
            current = MethodHandles.constant(Object.class, null);
            become = MethodHandles.empty(MethodType.methodType(void.class, Object.class));
        }
        CURRENT = current;
        BECOME = become;
    }

    private PayaraIdentity() {}

    /** This thread's; the same object until somebody changes it. */
    static @Nullable Object current() {
        try {
            return (Object) CURRENT.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException("Payara does not tell the identity of a thread", e);
        }
    }

    /** Gives this thread an identity that {@link #current} has told. */
    static void become(@Nullable Object identity) {
        try {
            BECOME.invokeExact(identity);
        } catch (Throwable e) {
            throw new IllegalStateException("Payara does not change the identity of a thread", e);
        }
    }
}
