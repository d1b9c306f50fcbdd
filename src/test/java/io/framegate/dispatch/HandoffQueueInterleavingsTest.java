package io.framegate.dispatch;

import static org.junit.jupiter.api.Assertions.assertSame;

import io.framegate.testkit.Interleavings;
import io.framegate.testkit.Interleavings.Story;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is handed over, in every order of a few steps. */
class HandoffQueueInterleavingsTest {

    private static final long FOR_EVER = Long.MAX_VALUE / 4;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void parkingThreadsMissNoWork(boolean fast) {
        Interleavings.of(() -> new Story() {
            private final HandoffQueue queue = new HandoffQueue(1);
            private final Task work = new Task(null, null, null, 0, new byte[1]);
            private Task taken;

            @Override
            public List<Runnable> threads() {
                return List.of(
                        () -> {
                            try {
                                taken = queue.new Consumer().take(FOR_EVER);
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        },
                        () -> queue.put(work, fast));
            }

            @Override
            public void check() {
                assertSame(work, taken);
            }
        });
    }
}
