package io.framegate.testkit.abuse;

import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** A well-behaved client with 20 requests a second on one connection, to tell whether others' trouble reaches it. */
public final class Canary implements AutoCloseable {

    private static final long PERIOD_MILLIS = 50;

    /** A quick run may have other work beside it on the same machine. */
    private static final long MAX_P99_MILLIS = Scorecard.size(2500, 250);

    private final RawClient client;
    private final IntFunction<Record> request;
    private final IntFunction<Record> answer;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final List<Long> nanos = Collections.synchronizedList(new ArrayList<>());
    private final List<Throwable> errors = Collections.synchronizedList(new ArrayList<>());
    private int asked; // the clock's thread

    public Canary(Gate gate) throws IOException {
        this(gate.listener().address());
    }

    public Canary(InetSocketAddress address) throws IOException {
        this(new RawClient(address));
    }

    /**
     * One that asks something else.
     *
     * @param request by its number, from 1
     * @param answer that must come to the request of that number
     */
    public Canary(InetSocketAddress address, IntFunction<Record> request, IntFunction<Record> answer)
            throws IOException {
        this(new RawClient(address), request, answer);
    }

    /** One over a connection that is there, of TLS say. */
    public Canary(RawClient client) {
        this(client, WelcomeRequest::new, number -> new WelcomeResponse("welcome:" + number));
    }

    private Canary(RawClient client, IntFunction<Record> request, IntFunction<Record> answer) {
        this.client = client;
        this.request = request;
        this.answer = answer;
        clock.scheduleAtFixedRate(this::ask, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void ask() {
        try {
            long begun = System.nanoTime();
            int number = ++asked;
            Record expected = answer.apply(number);
            Record got = client.send(Frames.of(request.apply(number))).receive(expected.getClass());
            nanos.add(System.nanoTime() - begun);
            if (!got.equals(expected)) {
                errors.add(new AssertionError("request " + number + " was answered by " + got));
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            errors.add(e);
        }
    }

    /**
     * Ends it and gives the slowest of its requests but for one in a hundred, or but for one if there were fewer, in
     * milliseconds.
     *
     * @throws AssertionError if a request failed, none was made, or that time is above 250 ms, or 2.5 s in a quick run
     */
    public long p99Millis() throws InterruptedException {
        end();
        List<Long> sorted = new ArrayList<>(nanos);
        Collections.sort(sorted);
        long millis = TimeUnit.NANOSECONDS.toMillis(
                sorted.get(Math.max(0, Math.min((int) Math.ceil(sorted.size() * 0.99) - 1, sorted.size() - 2))));
        if (millis > MAX_P99_MILLIS) {
            throw new AssertionError("the canary's p99 is " + millis + " ms, at most " + MAX_P99_MILLIS);
        }
        return millis;
    }

    /**
     * Ends it and gives the slowest of its requests, in milliseconds.
     *
     * @throws AssertionError if a request failed or none was made
     */
    public long longestMillis() throws InterruptedException {
        end();
        return TimeUnit.NANOSECONDS.toMillis(Collections.max(nanos));
    }

    private void end() throws InterruptedException {
        clock.shutdown();
        if (!clock.awaitTermination(20, TimeUnit.SECONDS)) {
            throw new AssertionError("the canary still waits for an answer");
        }
        if (!errors.isEmpty()) {
            throw new AssertionError(errors.size() + " requests of the canary failed", errors.get(0));
        }
        if (nanos.isEmpty()) {
            throw new AssertionError("the canary asked nothing");
        }
    }

    @Override
    public void close() throws IOException {
        clock.shutdownNow();
        client.close();
    }
}
