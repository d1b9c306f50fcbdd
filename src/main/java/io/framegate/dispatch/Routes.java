package io.framegate.dispatch;

import io.framegate.codec.Codec;
import io.framegate.message.Compression;
import io.framegate.message.MaxPayload;
import io.framegate.message.NonBlocking;
import io.framegate.message.Worker;
import io.framegate.metrics.GateMetrics;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All routes by their ids: built once at start, then read by every frame.
 *
 * <p>The look-up is an open-addressed table of ints, since a {@code Map} would make an {@code Integer} of every id.
 */
public final class Routes {

    private static final int SPREAD = 0x9E3779B9; // 2³² divided by the golden ratio: neighbours land far apart

    private final Map<Integer, Route<?, ?>> byId;
    private final int[] ids;
    private final @Nullable Route<?, ?>[] slots;
    private final int shift;

    private Routes(Map<Integer, Route<?, ?>> byId) {
        this.byId = Map.copyOf(byId);
        int bits = Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(2 * byId.size()));
        this.shift = Integer.SIZE - bits;
        this.ids = new int[1 << bits];
        this.slots = new Route<?, ?>[1 << bits];
        byId.forEach((id, route) -> {
            int slot = slot(id);
            while (slots[slot] != null) {
                slot = slot + 1 & slots.length - 1;
            }
            ids[slot] = id;
            slots[slot] = route;
        });
    }

    /** The route of an id, or null where there is none. */
    @Nullable
    Route<?, ?> find(int id) {
        int slot = slot(id);
        while (slots[slot] != null && ids[slot] != id) {
            slot = slot + 1 & slots.length - 1;
        }
        return slots[slot];
    }

    /** Other compression from now on, of answers that have none of their own. */
    public void compress(Compression compression, int thresholdBytes) {
        byId.values().forEach(route -> route.compress(compression, thresholdBytes));
    }

    /**
     * How large requests may be from now on.
     *
     * @param unboundedBytes of payload, where nothing else bounds it
     * @param mostBytes of payload, of any
     */
    void limitPayloads(int unboundedBytes, int mostBytes) {
        byId.values().forEach(route -> route.limitPayload(unboundedBytes, mostBytes));
    }

    /** Does now what else the first request of each kind does and waits for. */
    void prepare() {
        for (Route<?, ?> route : byId.values()) {
            route.request().prepare();
            route.answer().prepare();
        }
    }

    /** How many there are. */
    public int size() {
        return byId.size();
    }

    /** The codecs of every request and its answer, by the requests' ids: the message catalog. */
    public List<Entry> catalog() {
        return byId.values().stream()
                .sorted(Comparator.comparingInt(Route::id))
                .map(route -> new Entry(route.request(), route.answer(), route.isNonBlocking()))
                .toList();
    }

    private int slot(int id) {
        return id * SPREAD >>> shift;
    }

    /**
     * One kind of request.
     *
     * @param request the codec of the request
     * @param answer the codec of its answer
     * @param nonBlocking whether it is worked on the thread that reads
     */
    public record Entry(Codec<?> request, Codec<?> answer, boolean nonBlocking) {}

    /**
     * A worker as it was found: its bean and its type parameters.
     *
     * @param name how a person finds it: the bean's class
     * @param declaredOn the class that may carry {@link NonBlocking} and other annotations of the SPI
     * @param worker the bean
     * @param request the first type parameter
     * @param answer the second type parameter
     */
    public record Found<Q extends Record, A extends Record>(
            String name, Class<?> declaredOn, Worker<Q, A> worker, Class<Q> request, Class<A> answer) {

        /**
         * A worker without a container, its records read from its class.
         *
         * @throws IllegalStateException for a class that does not say which these are
         */
        public static Found<?, ?> of(Worker<?, ?> worker) {
            List<Class<?>> records = new ArrayList<>();
            for (Class<?> type = worker.getClass(); type != null && records.isEmpty(); type = type.getSuperclass()) {
                records.addAll(records(type));
            }
            if (records.size() != 2) {
                throw recordsUnknown(worker.getClass().getName());
            }
            Class<?> type = worker.getClass();
            return of(type.getName(), type, worker, records.get(0), records.get(1));
        }

        private static List<Class<?>> records(Class<?> type) {
            for (Type each : type.getGenericInterfaces()) {
                if (each instanceof ParameterizedType parameterized
                        && parameterized.getRawType() instanceof Class<?> raw
                        && Worker.class.isAssignableFrom(raw)) {
                    return Arrays.stream(parameterized.getActualTypeArguments())
                            .filter(Class.class::isInstance)
                            .<Class<?>>map(Class.class::cast)
                            .toList();
                }
            }
            return List.of();
        }

        /** The type parameters of a worker are known to be these. */
        @SuppressWarnings("unchecked")
        public static <Q extends Record, A extends Record> Found<Q, A> of(
                String name, Class<?> declaredOn, Object worker, Class<?> request, Class<?> answer) {
            return new Found<>(name, declaredOn, (Worker<Q, A>) worker, (Class<Q>) request, (Class<A>) answer);
        }

        /** The error for a worker that does not say which records these are. */
        public static IllegalStateException recordsUnknown(String name) {
            return new IllegalStateException("The worker " + name
                    + " must say which records it takes and gives: implements Worker<SomeRequest, SomeResponse>.");
        }
    }

    /**
     * Builds the routes of all workers.
     *
     * @param compression for answers above the threshold
     * @param compressionThresholdBytes payloads of more bytes than this are compressed
     * @throws IllegalStateException where they contradict each other or a record can't be a message: one sentence for
     *     each trouble, all of them at once
     */
    public static Routes of(
            List<Found<?, ?>> workers, Compression compression, int compressionThresholdBytes, GateMetrics info) {
        List<String> errors = new ArrayList<>();
        Map<Integer, Found<?, ?>> workersById = new HashMap<>();
        Map<Integer, Class<?>> recordsById = new HashMap<>();
        Map<Integer, Route<?, ?>> routes = new HashMap<>();
        for (Found<?, ?> found : workers) {
            try {
                Route<?, ?> route = route(found, compression, compressionThresholdBytes, info);
                Found<?, ?> other = workersById.putIfAbsent(route.id(), found);
                if (other != null) {
                    errors.add("Two workers answer id " + route.id() + ": " + other.name() + " (for "
                            + other.request().getName() + ") and " + found.name() + " (for "
                            + found.request().getName() + "). One of them must go.");
                    continue;
                }
                checkId(recordsById, route.request(), errors);
                checkId(recordsById, route.answer(), errors);
                routes.put(route.id(), route);
            } catch (IllegalArgumentException e) {
                errors.add("The worker " + found.name() + " can't be used: " + e.getMessage() + ".");
            }
        }
        if (!errors.isEmpty()) {
            throw new IllegalStateException(String.join(" ", errors));
        }
        return new Routes(routes);
    }

    private static <Q extends Record, A extends Record> Route<Q, A> route(
            Found<Q, A> found, Compression compression, int thresholdBytes, GateMetrics info) {
        Codec<Q> request = Codec.of(found.request());
        Codec<A> answer = Codec.of(found.answer());
        if (found.answer() != (Class<?>) found.request() && found.answer().isAnnotationPresent(MaxPayload.class)) {
            throw new IllegalArgumentException(
                    "its answer " + found.answer().getName() + " has @MaxPayload, which is for requests");
        }
        return new Route<>(
                request,
                answer,
                found.worker(),
                found.declaredOn(),
                compression,
                thresholdBytes,
                info.addMessage(request.id(), request.name()));
    }

    private static void checkId(Map<Integer, Class<?>> recordsById, Codec<?> codec, List<String> errors) {
        Class<?> other = recordsById.putIfAbsent(codec.id(), codec.type());
        if (other != null && other != codec.type()) {
            errors.add("Two messages have the id " + codec.id() + ": " + other.getName() + " and "
                    + codec.type().getName() + ".");
        }
    }
}
