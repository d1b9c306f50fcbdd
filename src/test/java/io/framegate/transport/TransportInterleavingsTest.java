package io.framegate.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.testkit.Interleavings;
import io.framegate.testkit.Interleavings.Story;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What threads share in the transport, in every order of a few steps. */
class TransportInterleavingsTest {

    private static final int PIECE = 4096;

    /** One connection's line, used as the connection uses it; what is written is kept by a list that takes one thread at a time. */
    private static final class Line {

        private final ReplyPipeline pipeline;
        private final List<Integer> written = new ArrayList<>();
        private final boolean withIds;
        private int ended; // times that the line was found empty for good

        Line(int maxPendingBytes, ByteBudget replyBytes) {
            this(maxPendingBytes, replyBytes, false);
        }

        Line(int maxPendingBytes, ByteBudget replyBytes, boolean withIds) {
            pipeline = new ReplyPipeline(8, maxPendingBytes, replyBytes);
            this.withIds = withIds;
            if (withIds) {
                pipeline.useRequestIds();
            }
        }

        void answer(long slot, int bytes) {
            byte[] frame = {(byte) slot};
            if (withIds) {
                pipeline.fill((int) slot, frame, bytes - Integer.BYTES);
            } else {
                pipeline.fill(slot, frame, bytes);
            }
            flush(bytes);
        }

        void work(long slot, int bytes) {
            if (pipeline.isAboveHighWatermarkNow() && pipeline.defer(slot, () -> work(slot, bytes))) {
                return;
            }
            answer(slot, bytes);
        }

        void flush(int bytes) {
            if (!pipeline.beginWrite()) {
                return;
            }
            write(bytes);
        }

        private void write(int bytes) {
            do {
                for (byte[] frame = pipeline.poll(); frame != null; frame = pipeline.poll()) {
                    written.add((int) frame[0]);
                    pipeline.written(bytes);
                    for (Runnable work = pipeline.nextDeferred(); work != null; work = pipeline.nextDeferred()) {
                        work.run();
                    }
                }
            } while (!pipeline.endWrite());
        }

        /** Answers past the line where that is empty, else in it. @return whether there was an answer */
        boolean answerAtOnce(int reply, int bytes) {
            if (pipeline.beginWriteIfEmpty()) {
                written.add(reply);
                write(bytes);
                return true;
            }
            return answerInLine(reply, bytes);
        }

        boolean answerInLine(int reply, int bytes) {
            long slot = pipeline.take();
            if (slot == ReplyPipeline.NONE) {
                return false;
            }
            pipeline.fill(slot, new byte[] {(byte) reply}, bytes);
            flush(bytes);
            return true;
        }

        void closeIfDone() {
            if (pipeline.endIfEmpty()) {
                ended++;
            }
        }
    }

    @Test
    void everyReplyIsWrittenOnceInOrder() {
        Interleavings.of(() -> new Story() {
            private final ByteBudget budget = new ByteBudget();
            private final Line line = new Line(1 << 20, budget);
            private final long first = line.pipeline.take();
            private final long second = line.pipeline.take();
            private final long third = line.pipeline.take();

            @Override
            public List<Runnable> threads() {
                return List.of(
                        () -> line.answer(second, PIECE),
                        () -> line.answer(first, PIECE),
                        () -> line.answer(third, PIECE));
            }

            @Override
            public void check() {
                assertEquals(List.of(0, 1, 2), line.written);
                assertTrue(line.pipeline.isEmpty());
                assertEquals(0, budget.used());
            }
        });
    }

    @Test
    void inlineRepliesKeepTheOrder() {
        Interleavings.of(() -> new Story() {
            private final ByteBudget budget = new ByteBudget();
            private final Line line = new Line(1 << 20, budget);
            private final long first = line.pipeline.take();

            @Override
            public List<Runnable> threads() {
                return List.of(
                        () -> line.answer(first, PIECE),
                        () -> {
                            line.answerAtOnce(1, PIECE);
                            line.answerAtOnce(2, PIECE);
                        },
                        () -> {
                            line.pipeline.push(new byte[] {3}, PIECE);
                            line.flush(PIECE);
                        });
            }

            @Override
            public void check() {
                assertEquals(List.of(0, 1, 2, 3), line.written.stream().sorted().toList());
                assertEquals(
                        List.of(0, 1, 2),
                        line.written.stream().filter(reply -> reply != 3).toList());
                assertTrue(line.pipeline.isEmpty());
                assertEquals(0, budget.used());
            }
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noRequestIsLostWhenThePipelineEnds(boolean atOnce) {
        Interleavings.of(() -> new Story() {
            private final Line line = new Line(1 << 20, new ByteBudget());
            private boolean answered;

            @Override
            public List<Runnable> threads() {
                return List.of(
                        () -> {
                            answered = atOnce ? line.answerAtOnce(0, 1) : line.answerInLine(0, 1);
                            line.closeIfDone();
                        },
                        line::closeIfDone);
            }

            @Override
            public void check() {
                assertEquals(answered ? List.of(0) : List.of(), line.written);
                assertTrue(line.ended > 0, "nobody closes it");
            }
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void deferredWorkRunsAfterItsRepliesLeft(boolean withIds) {
        Interleavings.of(() -> new Story() {
            private final ByteBudget budget = new ByteBudget();
            private final Line line = new Line(PIECE - 1, budget, withIds);
            private final long first = line.pipeline.take();
            private final long second = line.pipeline.take();

            @Override
            public List<Runnable> threads() {
                return List.of(() -> line.answer(first, PIECE), () -> line.work(second, PIECE));
            }

            @Override
            public void check() {
                assertEquals(List.of(0, 1), line.written.stream().sorted().toList());
                assertEquals(0, budget.used());
            }
        });
    }

    @Test
    void aClosedConnectionReleasesItsBytes() {
        Interleavings.of(() -> new Story() {
            private final ByteBudget budget = new ByteBudget();
            private final Line line = new Line(1 << 20, budget);
            private final long first = line.pipeline.take();
            private final long second = line.pipeline.take();

            @Override
            public List<Runnable> threads() {
                return List.of(
                        () -> line.answer(first, PIECE), () -> line.answer(second, PIECE), line.pipeline::abandon);
            }

            @Override
            public void check() {
                assertEquals(0, budget.used());
                assertEquals(0, line.pipeline.inFlight());
            }
        });
    }

    @Test
    void aBudgetIsExact() {
        Interleavings.of(() -> new Story() {
            private final ByteBudget budget = new ByteBudget();
            private final boolean[] got = new boolean[2];

            @Override
            public List<Runnable> threads() {
                budget.limit(100);
                // One can never be had, and the other always.
                return List.of(() -> got[0] = budget.take(101), () -> got[1] = budget.take(100));
            }

            @Override
            public void check() {
                assertTrue(!got[0], "more than there is");
                assertTrue(got[1], "what fits was refused");
                assertEquals(100, budget.used());
            }
        });
    }

    /** A gate that one thread waits at. Made of the simplest that there is, so that an order of few steps shows much. */
    private static final class Sign {

        private boolean given;

        synchronized void give() {
            given = true;
            notifyAll();
        }

        synchronized void await() {
            while (!given) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    @Test
    void oneThreadAlwaysReads() {
        Interleavings.of(() -> new Story() {
            private final IoThreads threads = new IoThreads(2, 2);
            private final Sign oneIsFree = new Sign();

            @Override
            public List<Runnable> threads() {
                Runnable reader = () -> {
                    threads.begin();
                    threads.end(0, true);
                    oneIsFree.give();
                };
                return List.of(reader, reader, () -> {
                    oneIsFree.await();
                    threads.close();
                });
            }

            @Override
            public void check() {
                // All of them have ended.
            }
        });
    }

    @Test
    void anotherThreadReadsWhileTheLastBlocks() {
        Interleavings.of(() -> new Story() {
            private final IoThreads threads = new IoThreads(2, 2);
            private final Sign readOn = new Sign();

            @Override
            public List<Runnable> threads() {
                return List.of(
                        () -> {
                            threads.begin();
                            threads.end(0, true);
                            // It reads on: at once, or when it is called.
                            readOn.give();
                        },
                        () -> {
                            threads.begin();
                            threads.beginBlocking();
                            // A worker that waits for what only the other thread can read.
                            readOn.await();
                            threads.endBlocking();
                        });
            }

            @Override
            public void check() {
                threads.close();
            }
        });
    }

    @Test
    void anotherThreadReadsWhileTheLeaderStepsDown() {
        Interleavings.of(() -> new Story() {
            private final IoThreads threads = new IoThreads(2, 2);
            private final Sign readOn = new Sign();

            @Override
            public List<Runnable> threads() {
                return List.of(
                        () -> {
                            threads.begin();
                            threads.end(0, true);
                            readOn.give();
                        },
                        () -> {
                            threads.begin();
                            threads.beginBlocking();
                            threads.endBlocking();
                            threads.beginBlocking();
                            readOn.await();
                            threads.endBlocking();
                        });
            }

            @Override
            public void check() {
                threads.close();
            }
        });
    }

    @Test
    void eachPooledBufferHasOneOwner() {
        Interleavings.of(() -> new Story() {
            private final WriteBuffers buffers = new WriteBuffers(2);
            private final Set<ByteBuffer> taken = Collections.newSetFromMap(new IdentityHashMap<>());
            private boolean shared;

            @Override
            public List<Runnable> threads() {
                return List.of(this::use, this::use, this::use);
            }

            private void use() {
                ByteBuffer buffer = buffers.take();
                shared |= !taken.add(buffer);
                taken.remove(buffer);
                buffers.giveBack(buffer);
            }

            @Override
            public void check() {
                assertFalse(shared, "two threads had it");
                assertTrue(buffers.take().isDirect() && buffers.take().isDirect(), "a buffer is lost");
                assertFalse(buffers.take().isDirect());
            }
        });
    }

    @Test
    void anEndedTimerIsNotOver() {
        long now = 1_000_000;
        Interleavings.of(() -> new Story() {
            private final StallTimer pending = new StallTimer();
            private boolean over;

            @Override
            public List<Runnable> threads() {
                pending.begin(now);
                return List.of(pending::end, () -> over = pending.isOver(1000, now + 1000));
            }

            @Override
            public void check() {
                assertFalse(over);
                assertFalse(pending.isPending());
            }
        });
    }

    @Test
    void anEndedTimerIsNotRenewed() {
        long now = 1_000_000;
        Interleavings.of(() -> new Story() {
            private final StallTimer pending = new StallTimer();

            @Override
            public List<Runnable> threads() {
                pending.begin(now);
                return List.of(pending::end, () -> pending.renewIfOver(1000, now + 1001));
            }

            @Override
            public void check() {
                assertFalse(pending.isPending());
            }
        });
    }
}
