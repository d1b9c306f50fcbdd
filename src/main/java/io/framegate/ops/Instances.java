package io.framegate.ops;

import io.framegate.FramegateServer;
import io.framegate.GateStarted;
import io.framegate.contract.json.JsonText;
import io.framegate.metrics.MessageInfo;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
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
 *  framegate-orders     number         an {@link Order}, as JSON; 30 s
 *                       {@value #LAST}           the number of the newest
 *  framegate-outcomes   number/name    empty where an instance has done it, else why not, in a sentence; or what it was asked
 *                                      for, as JSON; 30 s
 * </pre>
 *
 * To go through all of a cache asks each of the grid's partitions, of which there are hundreds. So the orders are gone through only
 * where there is a new one, and the instances every {@value #SEARCH_SECONDS} s; in between those that are known are asked for.
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
    private static final long OUTCOME_SECONDS = 5;
    private static final long LOOK_MILLIS = 50;

    /** Of the connections of another instance, whose list goes through the grid. */
    private static final int LISTED_CONNECTIONS = 1000;

    @Resource
    private ManagedScheduledExecutorService timer;

    @Inject
    private Sampler sampler;

    @Inject
    private AuditLog audit;

    private String name = ""; // set at the start, as are the next three
    private @Nullable FramegateServer own;
    private @Nullable Caches caches;
    private @Nullable ScheduledFuture<?> telling;

    private volatile JsonArray seen = JsonArray.EMPTY_JSON_ARRAY; // in a grid

    // The task's own.
    private final Set<String> obeyed = new HashSet<>();
    private @Nullable String lastOrder; // of those that were gone through
    private Set<String> known = Set.of(); // the names of the instances
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
     */
    record Order(String to, Action action, String name, String value) {

        String text() {
            return JsonText.JSON
                    .createObjectBuilder()
                    .add("to", to)
                    .add("action", action.name())
                    .add("name", name)
                    .add("value", value)
                    .build()
                    .toString();
        }

        static Order of(String text) {
            JsonObject object = object(text);
            return new Order(
                    object.getString("to"),
                    Action.valueOf(object.getString("action")),
                    object.getString("name"),
                    object.getString("value"));
        }

        boolean isFor(String instance) {
            return to.equals(ALL) || to.equals(instance);
        }

        /** What it is in words, and where it sets something, what is set here before it. */
        String words(FramegateServer server) {
            String act = action + (name.isEmpty() ? "" : " " + name);
            return switch (action) {
                case SET -> act + ": " + ConfigResource.value(server.liveConfig(), name) + " -> " + value.strip();
                case UNSET -> act + ": " + ConfigResource.value(server.liveConfig(), name) + " -> as configured";
                default -> act;
            };
        }

        /** Carries it out. Empty or what was asked for, or why not in a sentence. */
        String obey(FramegateServer server, Sampler sampler) {
            try {
                switch (action) {
                    case PAUSE -> server.pause();
                    case DRAIN -> server.drain();
                    case RESUME -> server.resume();
                    case RESET -> server.info().reset();
                    case SET -> server.liveConfig().set(name, value);
                    case UNSET -> server.liveConfig().reset(name);
                    case CLOSE -> {
                        if (!server.listener().close(Long.parseLong(name))) {
                            return "There is no connection " + name + " any more.";
                        }
                    }
                    case TELL -> {
                        return tell(server, sampler);
                    }
                }
                return "";
            } catch (IllegalArgumentException | io.framegate.config.InvalidConfigException e) {
                return String.valueOf(e.getMessage());
            }
        }

        private String tell(FramegateServer server, Sampler sampler) {
            return switch (Told.valueOf(name)) {
                case RUNNING_INFO ->
                    JsonText.of(json -> {
                        RunningInfoJson.write(json, server);
                        sampler.latest().ifPresent(sample -> sample.write(json, "sample"));
                    });
                case CONNECTIONS ->
                    JsonText.of(json -> RunningInfoJson.list(json, "connections", server, LISTED_CONNECTIONS));
                case CONFIG -> ConfigResource.json(server.liveConfig()).toString();
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
        FramegateServer server = event.server();
        name = server.config()
                .instanceName()
                .orElseGet(() -> hostName() + ":" + server.listener().address().getPort());
        own = server;
        Caches shared = grid().map(Caches::of).orElse(null);
        caches = shared;
        if (shared != null) {
            // What was ordered before was for those who were here then.
            shared.orders().forEach(order -> obeyed.add(order.getKey()));
            LOG.log(Level.INFO, "This gate is {0} among those of the Data Grid", name);
            telling = timer.scheduleAtFixedRate(() -> meet(server, shared), 0, 1, TimeUnit.SECONDS);
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
        if (caches != null) {
            try {
                caches.instances().remove(name);
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
        return caches == null && own != null ? array(Map.of(name, self(own))) : seen;
    }

    /**
     * Gives an order, and waits for what becomes of it.
     *
     * @return by the name of each instance that it is for: empty, or why it was not done
     */
    Map<String, String> order(FramegateServer server, Order order) {
        Set<String> to = new HashSet<>();
        seen().getValuesAs(JsonObject.class).stream()
                .map(instance -> instance.getString("name"))
                .filter(order::isFor)
                .forEach(to::add);
        Map<String, String> outcomes = new TreeMap<>();
        if (order.isFor(name)) {
            outcomes.put(name, order.obey(server, sampler));
        }
        to.remove(name);
        Caches shared = caches;
        if (shared == null || to.isEmpty()) {
            return outcomes;
        }
        String number = name + "/" + UUID.randomUUID();
        shared.orders().put(number, order.text());
        shared.orders().put(LAST, number);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(OUTCOME_SECONDS);
        while (!to.isEmpty() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
            to.removeIf(instance -> {
                String outcome = shared.outcomes().get(number + "/" + instance);
                if (outcome != null) {
                    outcomes.put(instance, outcome);
                }
                return outcome != null;
            });
        }
        to.forEach(instance -> outcomes.put(instance, "It has not answered within " + OUTCOME_SECONDS + " s."));
        return outcomes;
    }

    private void meet(FramegateServer server, Caches shared) {
        JsonObject self = self(server);
        try {
            obey(server, shared);
            shared.instances().put(name, self.toString());
            Map<String, JsonObject> all = new TreeMap<>();
            present(shared).forEach((other, text) -> all.put(other, object(text)));
            all.put(name, self);
            known = Set.copyOf(all.keySet());
            seen = array(all);
            troubled = false;
        } catch (RuntimeException e) {
            // The timer would never call again; and the grid may be back in a moment.
            seen = array(Map.of(name, self));
            if (!troubled) {
                LOG.log(
                        Level.WARNING,
                        "The Data Grid can''t be asked, so the other instances are not seen: {0}",
                        e.getMessage());
            }
            troubled = true;
        }
    }

    private Map<String, String> present(Caches shared) {
        if (untilSearch > 0) {
            untilSearch--;
            return shared.instances().getAll(known);
        }
        untilSearch = SEARCH_SECONDS - 1;
        Map<String, String> all = new TreeMap<>();
        shared.instances().forEach(entry -> all.put(entry.getKey(), entry.getValue()));
        return all;
    }

    private void obey(FramegateServer server, Caches shared) {
        // It is put after its order, so who sees it sees that as well.
        String last = shared.orders().get(LAST);
        if (last == null || last.equals(lastOrder)) {
            return;
        }
        Set<String> present = new HashSet<>();
        for (Cache.Entry<String, String> entry : shared.orders()) {
            if (entry.getKey().equals(LAST)) {
                continue;
            }
            present.add(entry.getKey());
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
                    String words = order.words(server);
                    String outcome = order.obey(server, sampler);
                    shared.outcomes().put(entry.getKey() + "/" + name, outcome);
                    if (order.action() != Action.TELL) {
                        tell(entry.getKey().replaceFirst("/[^/]*$", ""), words, outcome);
                    }
                }
            }
        }
        obeyed.retainAll(present);
        lastOrder = last;
    }

    /** Who has given the order is told by the instance that it was given to. */
    private void tell(String from, String words, String outcome) {
        if (outcome.isEmpty()) {
            audit.done("order", "", from, words);
        } else {
            audit.refused("order", "", from, HttpURLConnection.HTTP_CONFLICT, words + "; " + outcome);
        }
    }

    private JsonObject self(FramegateServer server) {
        long received = server.info().messages().stream()
                .mapToLong(MessageInfo::received)
                .sum();
        double perSecond = sampler.latest()
                .map(sample -> sample.values()[History.Column.requests.ordinal()])
                .orElse(0.0);
        return JsonText.JSON
                .createObjectBuilder()
                .add("name", name)
                .add("time", Instant.now().toString())
                .add("version", FramegateServer.VERSION)
                .add("state", server.state().name())
                .add("address", server.listener().address().getAddress().getHostAddress())
                .add("port", server.listener().address().getPort())
                .add("connections", server.listener().connectionCount())
                .add("connectionLimit", server.config().limits().maxConnections())
                .add("requests", received)
                .add("requestsPerSecond", Math.rint(perSecond * 10) / 10)
                .add(
                        "errors",
                        server.info().refusedByCode().values().stream()
                                .mapToLong(Long::longValue)
                                .sum())
                .add("busy", server.queue().busy())
                .add("threads", server.queue().threads())
                .add("outstanding", server.queue().outstanding())
                .build();
    }

    private static JsonArray array(Map<String, JsonObject> instances) {
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
