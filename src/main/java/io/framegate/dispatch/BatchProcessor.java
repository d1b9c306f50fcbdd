package io.framegate.dispatch;

import io.framegate.codec.WireReader;
import io.framegate.message.BatchWorker;
import io.framegate.message.Restartable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Answers a batch: its requests are decoded one by one, worked together, and encoded one by one. What goes wrong with one
 * of them is that one's error; see {@link BatchWorker} for how it is found.
 *
 * @param <Q> the request
 * @param <A> the answer
 */
final class BatchProcessor<Q extends Record, A extends Record> {

    private final RequestProcessor processor;
    private final Route<Q, A> route;
    private final BatchWorker<Q, A> worker;
    private final RequestBoundary boundary;
    private final ThreadScratch scratch = new ThreadScratch();

    /** A request that was decoded. */
    private record Asked<Q>(Task work, Q request) {}

    /** Runs something the first time only. For one thread. */
    private static final class Once implements Runnable {

        private final Runnable first;
        private boolean done;

        Once(Runnable first) {
            this.first = first;
        }

        @Override
        public void run() {
            if (!done) {
                done = true;
                first.run();
            }
        }
    }

    BatchProcessor(RequestProcessor processor, Route<Q, A> route, BatchWorker<Q, A> worker) {
        this.processor = processor;
        this.route = route;
        this.worker = worker;
        this.boundary = processor.boundary();
    }

    /**
     * Fills the slots of all of them, and flushes. Throws nothing.
     *
     * @param worked is run once, when the worker has nothing to do with them any more: as a rule before the answers are
     *     encoded and written, so that the next batch need not wait for that
     */
    void answer(List<Task> batch, Runnable worked) {
        Once ended = new Once(worked);
        RequestHeap heap = new RequestHeap();
        try {
            answer(batch, ended, heap);
        } catch (Throwable fault) {
            // Not the worker's, whose faults are answered below. Those that have their answer are claimed already.
            for (Task work : batch) {
                fail(work, fault);
                work.replies.flush();
            }
        } finally {
            heap.end();
            ended.run();
        }
    }

    private void answer(List<Task> batch, Once ended, RequestHeap heap) {
        long begun = System.nanoTime();
        Tracing.Batch traced = processor.tracedBatch(route, batch.size());
        List<Asked<Q>> asked = new ArrayList<>();
        for (Task work : batch) {
            work.traced = traced == null ? null : begin(traced, work);
            try {
                route.info().received(work.length);
                asked.add(new Asked<>(
                        work, processor.decode(route, new WireReader(), heap, work.bytes, work.offset, work.length)));
            } catch (Throwable cause) {
                heap.giveUp();
                fail(work, cause);
            }
        }
        long decoded = System.nanoTime();
        if (!asked.isEmpty()) {
            work(asked, ended);
            long worked = System.nanoTime();
            // Each has waited for the whole of it: what is shown is the time of the worker, in all.
            route.info().timed(asked.size(), (decoded - begun) / batch.size(), (worked - decoded) / asked.size(), 0, 0);
        }
        if (traced != null) {
            end(traced);
        }
        Set<Object> flushed = new LinkedHashSet<>();
        for (Task work : batch) {
            if (flushed.add(work.replies)) {
                work.replies.flush();
            }
        }
    }

    private Tracing.@Nullable Traced begin(Tracing.Batch traced, Task work) {
        try {
            return traced.begin(work.session().connectionId(), work.length);
        } catch (Throwable failure) {
            processor.traceFailed(failure);
            return null;
        }
    }

    private void end(Tracing.Batch traced) {
        try {
            traced.end();
        } catch (Throwable failure) {
            processor.traceFailed(failure);
        }
    }

    /** @param ended to be run when these are worked; of a half nobody but the caller can say that it was the last */
    private void work(List<Asked<Q>> asked, Runnable ended) {
        List<A> given;
        boolean entered = false;
        try {
            boundary.enter(scratch);
            entered = true;
            given = process(asked.stream().map(Asked::request).toList());
            entered = false;
            boundary.exit(scratch, route);
        } catch (Throwable cause) {
            if (entered) {
                boundary.leave(scratch, route);
            }
            if (asked.size() == 1 || ExceptionMapping.concernsAll(cause)) {
                asked.forEach(one -> fail(one.work(), cause));
            } else {
                int half = asked.size() / 2;
                work(asked.subList(0, half), () -> {});
                work(asked.subList(half, asked.size()), ended);
            }
            return;
        }
        ended.run();
        boundary.enter(scratch);
        try {
            encode(asked, requireAsMany(given, asked.size()));
        } catch (Throwable cause) {
            // The worker has returned, so what it was to do is done: none is worked again.
            asked.forEach(one -> fail(one.work(), cause));
        } finally {
            boundary.leave(scratch, route);
        }
    }

    private void encode(List<Asked<Q>> asked, List<A> answers) {
        for (int i = 0; i < asked.size(); i++) {
            Task work = asked.get(i).work();
            try {
                byte[] frame = processor.encode(route, work.session(), answers.get(i));
                fill(work, frame, false);
            } catch (Throwable cause) {
                fail(work, cause);
            }
        }
    }

    private static <A> List<A> requireAsMany(List<A> answers, int requests) {
        int given = Objects.requireNonNull(answers, "the worker gave null").size();
        if (given != requests) {
            throw new IllegalStateException("the worker gave " + given + " answers to " + requests + " requests");
        }
        return answers;
    }

    private List<A> process(List<Q> requests) throws Exception {
        for (int again = 0; ; again++) {
            try {
                return worker.processAll(requests);
            } catch (Exception e) {
                if (again == Restartable.TIMES || !ExceptionMapping.isSerializationFailure(e)) {
                    throw e;
                }
                boundary.leave(scratch, route);
                boundary.enter(scratch);
            }
        }
    }

    private void fill(Task work, byte[] frame, boolean failed) {
        boolean inTime = work.claim();
        Tracing.Traced traced = work.traced;
        work.traced = null;
        if (traced != null) {
            processor.end(traced, failed || !inTime, frame);
        }
        if (inTime) {
            work.replies.fill(work.slot, frame);
        } else {
            processor.drop(route, frame);
        }
    }

    private void fail(Task work, Throwable cause) {
        fill(work, processor.failed(route, work.session(), cause), true);
    }
}
