package io.framegate.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.framegate.message.Refusal;
import io.framegate.message.Refusal.Code;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.TransactionalException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExceptionMappingTest {

    private static @Nullable Code code(Throwable fault) {
        Refusal refusal = ExceptionMapping.refusalFor("SomeRequest", fault);
        return refusal == null ? null : refusal.code();
    }

    private static SQLException sql(@Nullable String state) {
        return new SQLException("insert into secret values (1)", state);
    }

    /** As the interceptor of the container wraps it. */
    private static TransactionalException atCommit(Throwable cause) {
        RollbackException rollback = new RollbackException("rolled back");
        rollback.initCause(cause);
        return new TransactionalException("during commit", rollback);
    }

    @Test
    void findsDatabaseErrorsAnywhereInTheChain() {
        assertEquals(Code.UNAVAILABLE, code(new PersistenceException(sql("08006"))));
        assertEquals(Code.UNAVAILABLE, code(new PersistenceException(sql("53100"))));
        assertEquals(Code.UNAVAILABLE, code(new PersistenceException(sql("25006"))));
        assertEquals(Code.BUSY, code(new PersistenceException(sql("40P01"))));
        assertEquals(Code.BUSY, code(new PersistenceException(sql("55P03"))));
        assertEquals(Code.CONFLICT, code(new PersistenceException(sql("23505"))));
        BatchUpdateException batch = new BatchUpdateException();
        batch.setNextException(sql("23503"));
        assertEquals(Code.CONFLICT, code(new PersistenceException(batch)));
    }

    /** As a driver's connect does that makes one. */
    @Test
    void lackOfThreadsIsTemporary() {
        Error refused =
                new OutOfMemoryError("unable to create native thread: possibly out of memory or process limits");
        assertEquals(Code.UNAVAILABLE, code(refused));
        assertEquals(Code.UNAVAILABLE, code(new PersistenceException(refused)));
        assertNull(code(new OutOfMemoryError("Java heap space")));
    }

    @Test
    void takesACommitThatWasNotConfirmedForUnknown() {
        assertEquals(Code.OUTCOME_UNKNOWN, code(atCommit(sql("08006"))));
        assertEquals(Code.OUTCOME_UNKNOWN, code(atCommit(sql("57P01"))));
        assertEquals(Code.OUTCOME_UNKNOWN, code(atCommit(sql(null))));
        assertEquals(Code.OUTCOME_UNKNOWN, code(atCommit(new IllegalStateException())));
    }

    @Test
    void distinguishesRefusedFromUnconfirmedCommits() {
        // A deferred rule and a serialization failure are the database's own no.
        assertEquals(Code.CONFLICT, code(atCommit(sql("23503"))));
        assertEquals(Code.BUSY, code(atCommit(sql("40001"))));
        // What the provider had kept back until now could not be written, so the commit was not asked for.
        assertEquals(Code.CONFLICT, code(atCommit(new PersistenceException(sql("23505")))));
        assertEquals(Code.UNAVAILABLE, code(atCommit(new PersistenceException(sql("08006")))));
    }

    @Test
    void leavesFaultsOfTheWorkerToTheLog() {
        assertNull(code(new IllegalStateException("select secret")));
        assertNull(code(new PersistenceException(sql("42601"))));
    }

    @Test
    void tellsNothingOfTheStatement() {
        for (String state : new String[] {"08006", "53100", "40P01", "23505"}) {
            Refusal refusal = ExceptionMapping.refusalFor("SomeRequest", new PersistenceException(sql(state)));
            assertEquals(false, refusal == null || refusal.sentence().contains("secret"));
        }
    }
}
