package io.framegate.ops;

import io.framegate.config.DynamicConfig;
import io.framegate.contract.json.JsonText;
import io.framegate.gate.Gate;
import io.framegate.gate.GateInstance;
import io.framegate.gate.GateStarted;
import io.framegate.gate.GateStatus;
import io.framegate.metrics.MessageMetrics;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.expiry.Duration;
import javax.cache.expiry.ModifiedExpiryPolicy;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import org.jspecify.annotations.Nullable;

/**
 * The gates that share a Data Grid, the app server's own: each is seen and told from all of them. They meet in three caches (JCache)
 * of texts, whose entries go by themselves:
 *
 * <pre>
 *  framegate-instances  name           what an instance says of itself every second, as JSON; 10 s
 *  framegate-orders     number         an {@link Order}, as JSON; 30 s; a number is the name of who gives it, / and the time
 *                       {@value #LAST}           the number of the newest
 *  framegate-outcomes   number/name    empty where an instance has done it, else why not, in a sentence; or what it was asked
 *                                      for, as JSON; 30 s
 * </pre>
 *
 * To go through all of a cache asks each of the grid's partitions, of which there are hundreds. So the orders are gone through only
 * where there is a new one, and the instances every {@value #SEARCH_SECONDS} s; in between those that are known are asked for.
 *
 * <p>A member that is cut off, or does not run, is told of by {@link GridMembers}. An order about a setting that it has not taken in
 * time is told so to whoever gave it, and given again when the member is met.
 *
 * <p>Whoever is in the grid may give orders: it is to be kept among servers. Without a grid there is this instance alone, and it
 * says nothing of itself before it is asked.
 *
 * <p><b>Threads.</b> In a grid one task of the container's timer tells and obeys, never two at a time; any thread gives orders and
 * waits for what became of them.
 */
@ApplicationScoped
public class Instances {

    /** For every instance. */
    static final String ALL = "all";

    private static final Logger LOG = System.getLogger(Instances.class.getName());
    private static final String GRID = "payara/CacheManager";
    private static final int SEEN_SECONDS = 10;
    private static final int ORDER_SECONDS = 30;
    private static final int SEARCH_SECONDS = 5;
    private static final String LAST = "last";
    private static final long TELL_MILLIS = 5000;

    /** For an order that changes something: whoever gives it is told within a second who has not taken it. */
    private static final long TAKEN_MILLIS = 900;

    private static final long LOOK_MILLIS = 50;

    /** Orders are looked for so often, and all else is done every so many times. */
    private static final long ORDERS_MILLIS = 250;

    private static final int A_SECOND = (int) (1000 / ORDERS_MILLIS);

    /** Orders that wait for the grid; one more is not given, as that does not answer. */
    private static final int MAX_WAITING = 8;

    /** Of the connections of another instance, whose list goes through the grid. */
    private static final int LISTED_CONNECTIONS = 1000;

    @Resource
    private ManagedScheduledExecutorService timer;

    @Inject
    private Sampler sampler;

    @Inject
    private AuditLog audit;

    private String name = ""; // set at the start, as are the next three
    private @Nullable GateInstance own;
    private @Nullable Caches caches;
    private @Nullable ScheduledFuture<?> telling;

    private @Nullable ScheduledFuture<?> looking;
    private final String run = UUID.randomUUID().toString(); // of this start
    private final GridMembers members = new GridMembers();
    private final AtomicLong numbered = new AtomicLong(); // the time of the last order
    private final AtomicInteger waiting = new AtomicInteger(); // orders, for the grid

    // The task's own.
    private final Set<String> obeyed = new HashSet<>();
    private @Nullable String lastOrder; // of those that were gone through
    private int untilSecond; // so many more looks for orders
    private int untilSearch; // so many more seconds
    private boolean troubled;

    /** What is asked of instances. */
    enum Action {
        PAUSE,
        DRAIN,
        RESUME,
        RESET,
        CLOSE,
        SET,
        UNSET,
        /** To tell something of itself: its outcome is a JSON object. */
        TELL
    }

    /** What an instance is asked to tell. */
    enum Told {
        RUNNING_INFO,
        CONNECTIONS,
        CONFIG
    }

    /**
     * An order.
     *
     * @param to the name of an instance, or {@link #ALL}
     * @param name of the setting, the number of the connection, or the name of a {@link Told}; else empty
     * @param value of the setting, to be set
     * @param by the name of who gives it, for the audit logs of those it is for
     * @param address of who gives it, in digits; both are empty in orders of gates that do not tell yet
     */
    record Order(String to, Action action, String name, String value, String by, String address) {

        /** The same for one instance. */
        Order only(String instance) {
            return new Order(instance, action, name, value, by, address);
        }

        String text() {
            return JsonText.JSON
                    .createObjectBuilder()
                    .add("to", to)
                    .add("action", action.name())
                    .add("name", name)
                    .add("value", value)
                    .add("by", by)
                    .add("address", address)
                    .build()
                    .toString();
        }

        static Order of(String text) {
            JsonObject object = object(text);
            return new Order(
                    object.getString("to"),
                    Action.valueOf(object.getString("action")),
                    object.getString("name"),
                    object.getString("value"),
                    object.getString("by", ""),
                    object.getString("address", ""));
        }

        boolean isFor(String instance) {
            return to.equals(ALL) || to.equals(instance);
        }

        /** What it is in words, and where it sets something, what is set here before it. */
        String words(GateInstance local) {
            String act = action + (name.isEmpty() ? "" : " " + name);
            return switch (action) {
                case SET -> act + ": " + ConfigResource.value(local.settings(), name) + " -> " + value.strip();
                case UNSET -> act + ": " + ConfigResource.value(local.settings(), name) + " -> as configured";
                default -> act;
            };
        }

        /** Carries it out. Empty or what was asked for, or why not in a sentence. */
        String obey(GateInstance local, Sampler sampler) {
            try {
                switch (action) {
                    case PAUSE -> local.gate().pause();
                    case DRAIN -> local.gate().drain();
                    case RESUME -> local.gate().resume();
                    case RESET -> local.gate().info().reset();
                    case SET -> local.settings().set(name, value);
                    case UNSET -> local.settings().reset(name);
                    case CLOSE -> {
                        if (!local.gate().listener().close(Long.parseLong(name))) {
                            return "There is no connection " + name + " any more.";
                        }
                    }
                    case TELL -> {
                        return tell(local, sampler);
                    }
                }
                return "";
            } catch (IllegalArgumentException | io.framegate.config.InvalidConfigException e) {
                return String.valueOf(e.getMessage());
            }
        }

        private String tell(GateInstance local, Sampler sampler) {
            return switch (Told.valueOf(name)) {
                case RUNNING_INFO ->
                    JsonText.of(json -> {
                        RunningInfoJson.write(json, local);
                        sampler.latest().ifPresent(sample -> sample.write(json, "sample"));
                    });
                case CONNECTIONS ->
                    JsonText.of(json -> RunningInfoJson.list(json, "connections", local, LISTED_CONNECTIONS));
                case CONFIG -> ConfigResource.json(local.settings()).toString();
            };
        }
    }

    private record Caches(
            Cache<String, String> instances, Cache<String, String> orders, Cache<String, String> outcomes) {

        static Caches of(CacheManager grid) {
            return new Caches(
                    cache(grid, "framegate-instances", SEEN_SECONDS),
                    cache(grid, "framegate-orders", ORDER_SECONDS),
                    cache(grid, "framegate-outcomes", ORDER_SECONDS));
        }

        private static Cache<String, String> cache(CacheManager grid, String name, int seconds) {
            Cache<String, String> found = grid.getCache(name, String.class, String.class);
            if (found != null) {
                return found;
            }
            try {
                return grid.createCache(
                        name,
                        new MutableConfiguration<String, String>()
                                .setTypes(String.class, String.class)
                                .setExpiryPolicyFactory(
                                        ModifiedExpiryPolicy.factoryOf(new Duration(TimeUnit.SECONDS, seconds))));
            } catch (CacheException e) {
                // Another instance was quicker.
                return grid.getCache(name, String.class, String.class);
            }
        }
    }

    /** For the container. */
    protected Instances() {}

    void started(@Observes GateStarted event) {
        GateInstance local = event.instance();
        name = local.config()
                .instanceName()
                .orElseGet(() -> hostName() + ":" + local.gate().address().getPort());
        own = local;
        Caches shared = grid().map(Caches::of).orElse(null);
        caches = shared;
        if (shared != null) {
            // What was ordered before was for those who were here then.
            shared.orders().forEach(order -> obeyed.add(order.getKey()));
            LOG.log(Level.INFO, "This gate is {0} among those of the Data Grid", name);
            telling = timer.scheduleAtFixedRate(() -> meet(local, shared), 0, ORDERS_MILLIS, TimeUnit.MILLISECONDS);
            // By itself: where a member does not run, the grid keeps whoever asks it waiting.
            looking = timer.scheduleAtFixedRate(() -> members.look(System.nanoTime()), 1, 1, TimeUnit.SECONDS);
        }
    }

    private static Optional<CacheManager> grid() {
        try {
            return Optional.ofNullable(InitialContext.doLookup(GRID));
        } catch (NamingException | ClassCastException | LinkageError e) {
            LOG.log(Level.DEBUG, "There is no Data Grid: {0}", e.getMessage());
            return Optional.empty();
        }
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "gate";
        }
    }

    @PreDestroy
    void stop() {
        if (telling != null) {
            telling.cancel(false);
        }
        if (looking != null) {
            looking.cancel(false);
        }
        if (caches != null) {
            try {
                // The others would take one that is merely gone for one that is cut off.
                caches.instances()
                        .put(
                                name,
                                JsonText.JSON
                                        .createObjectBuilder()
                                        .add("name", name)
                                        .add("state", GridMembers.ENDED)
                                        .build()
                                        .toString());
            } catch (RuntimeException e) {
                LOG.log(Level.DEBUG, "The Data Grid ended before: {0}", e.getMessage());
            }
        }
    }

    /** The name of this one. */
    String name() {
        return name;
    }

    /** All of them by their names, as they were within the last seconds; see {@link InstancesResource}. */
    JsonArray seen() {
        return own == null ? JsonArray.EMPTY_JSON_ARRAY : members.all(name, self(own));
    }

    /**
     * Gives an order, and waits for what becomes of it.
     *
     * @return by the name of each instance that it is for: empty, or why it was not done
     */
    Map<String, String> order(GateInstance local, Order order) {
        Set<String> to = new HashSet<>();
        seen().getValuesAs(JsonObject.class).stream()
                .map(instance -> instance.getString("name"))
                .filter(order::isFor)
                .forEach(to::add);
        Map<String, String> outcomes = new ConcurrentSkipListMap<>();
        if (order.isFor(name)) {
            outcomes.put(name, order.obey(local, sampler));
        }
        to.remove(name);
        Caches shared = caches;
        if (shared == null || to.isEmpty()) {
            return outcomes;
        }
        long millis = order.action() == Action.TELL ? TELL_MILLIS : TAKEN_MILLIS;
        String number = number();
        give(shared, order, number, to, outcomes, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
        // What comes from now on comes too late for the one who asks.
        Map<String, String> told = new TreeMap<>(outcomes);
        for (String instance : to) {
            if (told.containsKey(instance)) {
                members.taken(instance, order);
            } else {
                told.put(instance, notTaken(instance, order, number, millis));
            }
        }
        return told;
    }

    /** Ends with what tells which of two orders was given later. */
    private String number() {
        long time = numbered.accumulateAndGet(System.currentTimeMillis(), (before, now) -> Math.max(before + 1, now));
        return name + "/" + time + "-" + UUID.randomUUID();
    }

    private static String since(String number) {
        return number.substring(number.lastIndexOf('/') + 1);
    }

    private String notTaken(String instance, Order order, String number, long millis) {
        java.time.Duration silence = members.silence(instance, System.nanoTime());
        String sentence = silence == null
                ? "It has not answered within " + millis + " ms"
                : "It has not been met for " + silence.toSeconds() + " s";
        if (order.action() != Action.SET && order.action() != Action.UNSET) {
            return sentence + ".";
        }
        members.missed(instance, order, number, System.nanoTime());
        return sentence + "; it is given this order again when it is met.";
    }

    /** Gives an order, and waits for outcomes until the deadline, whatever the grid does. */
    private void give(
            Caches shared, Order order, String number, Set<String> to, Map<String, String> outcomes, long deadline) {
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            return;
        }
        // Where a member does not run, the grid does not answer before it has given it up.
        Future<?> asking = timer.submit(() -> {
            try {
                put(shared, order, number);
                Set<String> silent = new HashSet<>(to);
                while (!silent.isEmpty() && System.nanoTime() - deadline < 0) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
                    silent.removeIf(instance -> {
                        String outcome = shared.outcomes().get(number + "/" + instance);
                        if (outcome != null) {
                            outcomes.put(instance, outcome);
                        }
                        return outcome != null;
                    });
                }
            } finally {
                waiting.decrementAndGet();
            }
        });
        try {
            asking.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            LOG.log(Level.DEBUG, "The Data Grid has not answered in time");
        } catch (ExecutionException e) {
            LOG.log(Level.DEBUG, "The Data Grid does not answer: {0}", String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void put(Caches shared, Order order, String number) {
        shared.orders().put(number, order.text());
        shared.orders().put(LAST, number);
    }

    private void meet(GateInstance local, Caches shared) {
        try {
            obey(local, shared);
            if (untilSecond > 0) {
                untilSecond--;
                return;
            }
            untilSecond = A_SECOND - 1;
            shared.instances().put(name, self(local).toString());
            Map<String, String> present = present(shared);
            present.remove(name);
            present.forEach((other, text) -> members.found(other, object(text), System.nanoTime()));
            catchUp(shared);
            troubled = false;
        } catch (RuntimeException e) {
            // The timer would never call again; and the grid may be back in a moment.
            if (!troubled) {
                LOG.log(
                        Level.WARNING,
                        "The Data Grid can''t be asked, so the other instances are not seen: {0}",
                        e.getMessage());
            }
            troubled = true;
        }
    }

    /** Gives those that can be reached again what they have missed. */
    private void catchUp(Caches shared) {
        for (GridMembers.Missed missed : members.open()) {
            String outcome = shared.outcomes().get(missed.number() + "/" + missed.to());
            if (outcome != null) {
                members.settled(missed, outcome);
                continue;
            }
            String again = number();
            if (members.isDueAgain(missed, again, System.nanoTime())) {
                put(shared, missed.order().only(missed.to()), again);
            }
        }
    }

    /** What a health check tells of the others. */
    Map<String, String> health() {
        return members.health();
    }

    private Map<String, String> present(Caches shared) {
        if (untilSearch > 0) {
            untilSearch--;
            return new TreeMap<>(shared.instances().getAll(Set.copyOf(members.names())));
        }
        untilSearch = SEARCH_SECONDS - 1;
        Map<String, String> all = new TreeMap<>();
        shared.instances().forEach(entry -> all.put(entry.getKey(), entry.getValue()));
        return all;
    }

    private void obey(GateInstance local, Caches shared) {
        // It is put after its order, so who sees it sees that as well.
        String last = shared.orders().get(LAST);
        if (last == null || last.equals(lastOrder)) {
            return;
        }
        // The cache has an order of its own, and of two for one setting the later one is to win.
        Map<String, String> orders =
                new TreeMap<>(Comparator.comparing(Instances::since).thenComparing(Comparator.naturalOrder()));
        shared.orders().forEach(entry -> orders.put(entry.getKey(), entry.getValue()));
        orders.remove(LAST);
        for (Map.Entry<String, String> entry : orders.entrySet()) {
            // Its own it has obeyed before it gave them to the others.
            if (obeyed.add(entry.getKey()) && !entry.getKey().startsWith(name + "/")) {
                Order order = Order.of(entry.getValue());
                if (order.isFor(name)) {
                    LOG.log(
                            order.action() == Action.TELL ? Level.DEBUG : Level.INFO,
                            "{0} orders {1} {2}",
                            entry.getKey(),
                            order.action(),
                            order.name());
                    String words = order.words(local);
                    String outcome = order.obey(local, sampler);
                    shared.outcomes().put(entry.getKey() + "/" + name, outcome);
                    if (order.action() != Action.TELL) {
                        tell(order, entry.getKey().replaceFirst("/[^/]*$", ""), words, outcome);
                    }
                }
            }
        }
        obeyed.retainAll(orders.keySet());
        lastOrder = last;
    }

    private void tell(Order order, String gate, String words, String outcome) {
        String from = order.address().isEmpty() ? gate : order.address() + " through " + gate;
        if (outcome.isEmpty()) {
            audit.done("order", order.by(), from, words);
        } else {
            audit.refused("order", order.by(), from, HttpURLConnection.HTTP_CONFLICT, words + "; " + outcome);
        }
    }

    private JsonObject self(GateInstance local) {
        GateStatus status = local.gate().status();
        InetSocketAddress address = local.gate().address();
        long received = local.gate().info().messages().stream()
                .mapToLong(MessageMetrics::received)
                .sum();
        double perSecond = sampler.latest()
                .map(sample -> sample.values()[History.Column.requests.ordinal()])
                .orElse(0.0);
        JsonObjectBuilder set = JsonText.JSON.createObjectBuilder();
        local.settings().settings().stream()
                .filter(setting -> setting.source().equals(DynamicConfig.OVERRIDE_SOURCE))
                .forEach(setting -> set.add(setting.name(), setting.value()));
        return JsonText.JSON
                .createObjectBuilder()
                .add("name", name)
                .add("time", Instant.now().toString())
                .add("version", Gate.VERSION)
                .add("state", status.state().name())
                .add("address", address.getAddress().getHostAddress())
                .add("port", address.getPort())
                .add("connections", status.connections().open())
                .add("connectionLimit", status.connections().limit())
                .add("requests", received)
                .add("requestsPerSecond", Math.rint(perSecond * 10) / 10)
                .add(
                        "errors",
                        local.gate().info().refusedByCode().values().stream()
                                .mapToLong(Long::longValue)
                                .sum())
                .add("busy", status.workers().busy())
                .add("threads", status.workers().threads())
                .add("outstanding", status.workers().outstanding())
                .add("run", run)
                .add("set", set)
                .build();
    }

    static JsonArray array(Map<String, JsonObject> instances) {
        JsonArrayBuilder array = JsonText.JSON.createArrayBuilder();
        instances.values().forEach(array::add);
        return array.build();
    }

    private static JsonObject object(String text) {
        try (JsonReader reader = JsonText.JSON.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }
}
