package io.framegate;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * As whom a thread works, in Payara. A worker can change it by Payara's programmatic login; Jakarta EE has no call that tells or
 * sets it outside an HTTP request. Payara's class is found by name, so that the gate runs on servers that have none.
 */
final class PayaraIdentity {

    private static final String CONTEXT = "com.sun.enterprise.security.SecurityContext";

    private final MethodHandle current;
    private final MethodHandle become;

    private PayaraIdentity(MethodHandle current, MethodHandle become) {
        this.current = current;
        this.become = become;
    }

    /** Null where the server is another one. */
    static @Nullable PayaraIdentity find() {
        try {
            Class<?> context = Class.forName(CONTEXT);
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            return new PayaraIdentity(
                    lookup.findStatic(context, "getCurrent", MethodType.methodType(context))
                            .asType(MethodType.methodType(Object.class)),
                    lookup.findStatic(context, "setCurrent", MethodType.methodType(void.class, context))
                            .asType(MethodType.methodType(void.class, Object.class)));
        } catch (ReflectiveOperationException | LinkageError e) {
            return null;
        }
    }

    /** This thread's; the same object until somebody changes it. */
    @Nullable
    Object current() {
        try {
            return (Object) current.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException("Payara does not tell the identity of a thread", e);
        }
    }

    /** Gives this thread an identity that {@link #current} has told. */
    void become(@Nullable Object identity) {
        try {
            become.invokeExact(identity);
        } catch (Throwable e) {
            throw new IllegalStateException("Payara does not change the identity of a thread", e);
        }
    }
}
