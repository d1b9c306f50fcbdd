package io.framegate.map.store;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.DatabaseErrors;
import io.framegate.testkit.TestDatabase;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A read whose connection ends under it. */
class NoRetryCustomizerTest {

    /** EclipseLink would wait for 5 s, and once more. */
    private static final Duration AT_ONCE = Duration.ofSeconds(4);

    @Test
    void tellsAtOnceThatTheConnectionIsLost() {
        MapPersistence persistence = MapPersistenceFixture.of(TestDatabase.create());
        try (EntityManager entities = persistence.open()) {
            assertTimeout(AT_ONCE, () -> {
                PersistenceException lost = assertThrows(PersistenceException.class, () -> entities.createNativeQuery(
                                "select pg_terminate_backend(pg_backend_pid())")
                        .getResultList());
                assertTrue(DatabaseErrors.isIn(lost), lost.toString());
            });
        } finally {
            MapPersistenceFixture.close(persistence);
        }
    }
}
