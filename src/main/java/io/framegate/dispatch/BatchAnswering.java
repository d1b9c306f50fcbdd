package io.framegate.dispatch;

import io.framegate.codec.WireReader;
import io.framegate.message.BatchWorker;
import io.framegate.message.Restartable;
import io.framegate.wire.FrameHeader;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Answers a batch: its requests are decoded one by one, worked together, and encoded one by one. What goes wrong with one
 * of them is that one's error; see {@link BatchWorker} for how it is found.
 *
 * @param <Q> the request
 * @param <A> the answer
 */
final class BatchAnswering<Q extends Record, A extends Record> {

    private final Answering answering;
    private final Route<Q, A> route;
    private final BatchWorker<Q, A> worker;
    private final RequestBoundary boundary;
    private final Desk desk = new Desk();

    /** A request that was decoded. */
    private record Asked<Q>(Work work, Q request) {}

    /** Runs something the first time only. One thread's. */
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

    BatchAnswering(Answering answering, Route<Q, A> route, BatchWorker<Q, A> worker) {
        this.answering = answering;
        this.route = route;
        this.worker = worker;
        this.boundary = answering.boundary();
    }

    /**
     * Fills the places of all of them, and flushes.
     *
     * @param worked is run once, when the worker has nothing to do with them any more: as a rule before the answers are
     *     encoded and written, so that the next batch need not wait for that
     */
    void answer(List<Work> batch, Runnable worked) {
        Once ended = new Once(worked);
        try {
            answer(batch, ended);
        } finally {
            ended.run();
        }
    }

    private void answer(List<Work> batch, Once ended) {
        long begun = System.nanoTime();
        Tracing.Batch traced = answering.tracedBatch(route, batch.size());
        List<Asked<Q>> asked = new ArrayList<>();
        for (Work work : batch) {
            work.traced = traced == null ? null : traced.begin(work.session().connectionId(), work.length);
            route.info().received(work.length);
            try {
                asked.add(new Asked<>(
                        work, answering.decode(route, new WireReader(), work.bytes, work.offset, work.length)));
            } catch (Throwable trouble) {
                fail(work, trouble);
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
            traced.end();
        }
        Set<Object> flushed = new LinkedHashSet<>();
        for (Work work : batch) {
            if (flushed.add(work.replies)) {
                work.replies.flush();
            }
        }
    }

    /** @param ended to be run when these are worked; of a half nobody but the caller can say that it was the last */
    private void work(List<Asked<Q>> asked, Runnable ended) {
        List<A> answers;
        boolean entered = false;
        try {
            boundary.enter(desk);
            entered = true;
            answers = process(asked.stream().map(Asked::request).toList());
            entered = false;
            boundary.exit(desk, route);
        } catch (Throwable trouble) {
            if (entered) {
                boundary.leave(desk, route);
            }
            if (asked.size() == 1 || Failures.concernsAll(trouble)) {
                asked.forEach(one -> fail(one.work(), trouble));
            } else {
                int half = asked.size() / 2;
                work(asked.subList(0, half), () -> {});
                work(asked.subList(half, asked.size()), ended);
            }
            return;
        }
        ended.run();
        for (int i = 0; i < asked.size(); i++) {
            Work work = asked.get(i).work();
            try {
                byte[] frame = answering.encode(route, work.session(), answers.get(i));
                fill(work, frame, false);
            } catch (Throwable trouble) {
                fail(work, trouble);
            }
        }
    }

    private List<A> process(List<Q> requests) throws Exception {
        for (int again = 0; ; again++) {
            try {
                List<A> answers = Objects.requireNonNull(worker.processAll(requests), "the worker gave null");
                if (answers.size() != requests.size()) {
                    throw new IllegalStateException(
                            "the worker gave " + answers.size() + " answers to " + requests.size() + " requests");
                }
                return answers;
            } catch (Exception e) {
                if (again == Restartable.TIMES || !Failures.gaveWay(e)) {
                    throw e;
                }
                boundary.leave(desk, route);
                boundary.enter(desk);
            }
        }
    }

    private void fill(Work work, byte[] frame, boolean failed) {
        boolean inTime = work.claim();
        Tracing.Traced traced = work.traced;
        if (traced != null) {
            traced.end(failed || !inTime, FrameHeader.frameBytes(frame));
        }
        if (inTime) {
            work.replies.fill(work.place, frame);
        } else {
            answering.drop(route, frame);
        }
    }

    private void fail(Work work, Throwable trouble) {
        fill(work, answering.failed(route, work.session(), trouble), true);
    }
}
