package io.framegate.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.Compression;
import io.framegate.metrics.GateMetrics;
import io.framegate.testkit.Interleavings;
import io.framegate.testkit.Interleavings.Story;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import io.framegate.welcome.WelcomeWorker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** What threads share in the dispatcher, in every order of a few steps. */
class DispatchInterleavingsTest {

    private static final Route<?, ?> ROUTE = Routes.of(
                    List.of(new Routes.Found<>(
                            "welcome",
                            WelcomeWorker.class,
                            new WelcomeWorker(),
                            WelcomeRequest.class,
                            WelcomeResponse.class)),
                    Compression.NONE,
                    0,
                    new GateMetrics())
            .find(100101);

    private static Task work() {
        return new Task(null, null, null, 0, new byte[1]);
    }

    /** Two threads add three requests, and take the turns that they are given. */
    private static class Turns implements Story {

        private final BatchQueue batches;
        private final Collection<Task> worked;
        private final List<Task> all = List.of(work(), work(), work());

        /** @param worked is to bear as many threads as there may be turns */
        Turns(BatchQueue batches, Collection<Task> worked) {
            this.batches = batches;
            this.worked = worked;
        }

        @Override
        public List<Runnable> threads() {
            return List.of(() -> add(all.get(0)), () -> {
                add(all.get(1));
                add(all.get(2));
            });
        }

        private void add(Task work) {
            boolean more = batches.add(work);
            while (more) {
                int taken = workBatch();
                more = batches.end(taken);
            }
        }

        /** Works the next batch. @return its requests */
        int workBatch() {
            List<Task> batch = batches.take();
            worked.addAll(batch);
            return batch.size();
        }

        @Override
        public void check() {
            assertEquals(3, worked.size());
            assertTrue(worked.containsAll(all));
            assertEquals(0, batches.pending());
        }
    }

    @Test
    void oneTurnTakesEachRequestOnce() {
        Interleavings.of(() -> new Turns(new BatchQueue(2, 1000, 1), new ArrayList<>()) {
            private int turns;
            private boolean addressLimitSentence;

            @Override
            int workBatch() {
                turns++;
                addressLimitSentence |= turns != 1;
                int taken = super.workBatch();
                turns--;
                return taken;
            }

            @Override
            public void check() {
                assertFalse(addressLimitSentence, "two threads had the turn");
                super.check();
            }
        });
    }

    @Test
    void twoTurnsTakeEachRequestOnce() {
        Interleavings.of(() -> new Turns(new BatchQueue(1, 1000, 2), new ConcurrentLinkedQueue<>()));
    }

    @Test
    void aQueuedRequestRunsOrExpiresNotBoth() {
        Interleavings.of(() -> new Story() {
            private final BatchQueue batches = new BatchQueue(2, 1000, 1);
            private int worked;
            private int givenUp;

            @Override
            public List<Runnable> threads() {
                batches.add(work());
                return List.of(
                        () -> {
                            if (batches.take().get(0).decide()) {
                                worked++;
                            }
                        },
                        () -> givenUp = batches.giveUp(10, 1).size());
            }

            @Override
            public void check() {
                assertEquals(1, worked + givenUp);
            }
        });
    }

    @Test
    void workerOrDeadlineAnswersNotBoth() {
        Interleavings.of(() -> new Story() {
            private final Execution running = new Execution();
            private boolean inTime;
            private boolean expired;

            @Override
            public List<Runnable> threads() {
                return List.of(
                        () -> {
                            running.begin(ROUTE, List.of());
                            inTime = running.end();
                        },
                        () -> {
                            for (int now = 0; now < 30; now += 10) {
                                expired |= running.expire(null, now, 1);
                            }
                        });
            }

            @Override
            public void check() {
                assertTrue(inTime != expired, inTime ? "both" : "neither");
            }
        });
    }

    @Test
    void aLateThreadContinuesAfterTheAnswer() {
        Interleavings.of(() -> new Story() {
            private final Execution running = new Execution();
            private boolean inTime;
            private boolean answered;
            private boolean answeredBefore;

            @Override
            public List<Runnable> threads() {
                Thread worker = new Thread();
                running.begin(ROUTE, List.of());
                return List.of(
                        () -> {
                            inTime = running.end();
                            answeredBefore = answered;
                        },
                        () -> running.giveUp(1, worker, () -> answered = true));
            }

            @Override
            public void check() {
                assertTrue(inTime != answered, inTime ? "both" : "neither");
                assertTrue(inTime || answeredBefore, "it went on while the watch was still answering");
            }
        });
    }
}
