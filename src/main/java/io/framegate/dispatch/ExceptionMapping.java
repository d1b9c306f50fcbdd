package io.framegate.dispatch;

import io.framegate.message.DatabaseErrors;
import io.framegate.message.Refusal;
import io.framegate.message.Refusal.Code;
import io.framegate.message.Thrown;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import jakarta.validation.ValidationException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a worker's exception means for the client, where it is not a fault of the worker.
 *
 * <p><b>Before or during the commit.</b> A {@code @Transactional} worker has returned when its transaction is committed,
 * so all that is known of a commit that fails is the exception that the container makes of it. It says that the
 * transaction was rolled back even where the connection was lost while the commit's answer was due, when nobody knows. So
 * such a failure is an unknown outcome, unless it can be seen that the commit was not reached or was turned down: what was
 * to be written could not be (the exception of the persistence provider is in the chain), or the database itself has said
 * no to the commit (a deferred rule, a serialization failure).
 */
final class ExceptionMapping {

    /** Of a commit's failures: the container speaks. */
    private static final List<Class<? extends Exception>> AT_COMMIT = List.of(
            RollbackException.class,
            HeuristicMixedException.class,
            HeuristicRollbackException.class,
            SystemException.class);

    private static final List<Class<? extends Exception>> BEFORE_COMMIT =
            List.of(PersistenceException.class, ValidationException.class);

    private ExceptionMapping() {}

    /**
     * The refusal that an exception is, or stands for.
     *
     * @param request the name of the request
     * @return null for a fault
     */
    static @Nullable Refusal refusalFor(String request, Throwable cause) {
        Refusal refusal = refusalIn(cause);
        if (refusal != null) {
            // A proxy or an interceptor has wrapped it.
            return refusal;
        }
        if (isOutcomeUnknown(cause)) {
            return new Refusal(
                    Code.OUTCOME_UNKNOWN,
                    "Outcome unknown: the database was lost while it stored what this " + request
                            + " asks for; it may be stored or not.");
        }
        if (DatabaseErrors.isSerializationFailure(cause) || DatabaseErrors.isLockTimeout(cause)) {
            return new Refusal(
                    Code.BUSY, "Others are changing what this " + request + " is about; try again a little later.");
        }
        Optional<String> exhausted = DatabaseErrors.exhausted(cause);
        if (exhausted.isPresent()) {
            return new Refusal(
                    Code.UNAVAILABLE,
                    "The database that a " + request + " needs " + exhausted.get() + "; try again later.");
        }
        if (DatabaseErrors.isReadOnly(cause)) {
            return new Refusal(
                    Code.UNAVAILABLE,
                    "The database that a " + request + " needs takes no changes now; try again later.");
        }
        if (isForWantOfThreads(cause)) {
            return new Refusal(
                    Code.UNAVAILABLE,
                    "The server can have no more threads, and a " + request + " needs one; try again later.");
        }
        if (DatabaseErrors.isIn(cause)) {
            return new Refusal(
                    Code.UNAVAILABLE,
                    "The database that a " + request + " needs cannot serve it now; try again later.");
        }
        if (DatabaseErrors.isForbidden(cause)) {
            return new Refusal(
                    Code.CONFLICT, "What this " + request + " asks for contradicts what the database holds already.");
        }
        return null;
    }

    /** Whether working again, as a whole, is likely to succeed. */
    static boolean isSerializationFailure(Throwable cause) {
        return DatabaseErrors.isSerializationFailure(cause) && refusalIn(cause) == null;
    }

    /** Whether it would meet every part of a batch as it met the whole, or nobody knows what is done already. */
    static boolean concernsAll(Throwable cause) {
        Refusal refusal = refusalIn(cause);
        return refusal != null
                ? refusal.code() == Code.UNAVAILABLE
                        || refusal.code() == Code.BUSY
                        || refusal.code() == Code.OUTCOME_UNKNOWN
                : isOutcomeUnknown(cause)
                        || DatabaseErrors.isSerializationFailure(cause)
                        || DatabaseErrors.isIn(cause)
                        || DatabaseErrors.isExhausted(cause)
                        || DatabaseErrors.isReadOnly(cause)
                        || isForWantOfThreads(cause);
    }

    /** As of a driver that makes one to connect. The JDK tells that the system has refused a thread by these words only. */
    private static boolean isForWantOfThreads(Throwable cause) {
        return Thrown.find(cause, OutOfMemoryError.class)
                .filter(error -> Thrown.message(error).contains("native thread"))
                .isPresent();
    }

    private static boolean isOutcomeUnknown(Throwable cause) {
        List<Throwable> chain = Thrown.chain(cause);
        return isAnyOf(AT_COMMIT, chain)
                && !isAnyOf(BEFORE_COMMIT, chain)
                && !DatabaseErrors.isForbidden(cause)
                && !DatabaseErrors.isSerializationFailure(cause);
    }

    private static boolean isAnyOf(List<Class<? extends Exception>> types, List<Throwable> chain) {
        return chain.stream().anyMatch(link -> types.stream().anyMatch(type -> type.isInstance(link)));
    }

    private static @Nullable Refusal refusalIn(Throwable cause) {
        return Thrown.find(cause, Refusal.class).orElse(null);
    }
}
