package io.framegate.ops;

import io.framegate.contract.json.JsonText;
import io.framegate.ops.Instances.Order;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The other gates of a Data Grid as this one has met them: what each has said last and when, whether it can be reached, and the
 * orders about settings that it was given here and has not taken. None is forgotten because it is silent: one that was cut off, or
 * did not run, is told of until it is met again, and is given then what it has missed.
 *
 * <p><b>Threads.</b> Any; all is guarded by this, and nothing here asks the grid.
 */
final class GridMembers {

    /** The state of one that has said nothing for a while. */
    static final String UNREACHABLE = "UNREACHABLE";

    /** The state of one that has ended in order. */
    static final String ENDED = "ENDED";

    /** Each says something every second. */
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final long FORGOTTEN_NANOS = TimeUnit.HOURS.toNanos(1);

    /** So long an order waits for its outcome before it is given again. */
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final Logger LOG = System.getLogger(GridMembers.class.getName());

    private final Map<String, Member> members = new TreeMap<>();
    private Optional<String> metAgain = Optional.empty();

    private static final class Member {

        private JsonObject said;
        private long nanos; // when that was new
        private boolean unreachable;
        private final Map<String, Missed> missed = new TreeMap<>(); // by the name of the setting

        Member(JsonObject said, long nanos) {
            this.said = said;
            this.nanos = nanos;
        }
    }

    /**
     * An order that a member was given and has not taken.
     *
     * @param number that it was given by last
     * @param nanos when
     */
    record Missed(String to, Order order, String number, long nanos) {}

    /** What a member says of itself, as it was found at this moment of {@link System#nanoTime}. */
    synchronized void found(String name, JsonObject said, long now) {
        if (said.getString("state").equals(ENDED)) {
            members.remove(name);
            return;
        }
        Member member = members.computeIfAbsent(name, key -> new Member(said, now));
        if (said.getString("time").equals(member.said.getString("time"))) {
            return;
        }
        if (!run(said).equals(run(member.said))) {
            // One that starts later does not follow older orders.
            member.missed.clear();
        }
        if (member.unreachable) {
            long seconds = TimeUnit.NANOSECONDS.toSeconds(now - member.nanos);
            metAgain = Optional.of(name + " after " + seconds + " s, at " + said.getString("time"));
            LOG.log(Level.INFO, "{0} is met again in the Data Grid, after {1} s", name, Long.toString(seconds));
        }
        member.unreachable = false;
        member.said = said;
        member.nanos = now;
    }

    private static String run(JsonObject said) {
        return said.getString("run", "");
    }

    /** Looks who is silent. To be called every second, whether the grid answers or not. */
    synchronized void look(long now) {
        members.values().removeIf(member -> now - member.nanos > FORGOTTEN_NANOS);
        members.forEach((name, member) -> {
            if (!member.unreachable && now - member.nanos > SILENT_NANOS) {
                member.unreachable = true;
                LOG.log(
                        Level.WARNING,
                        "{0} has not been met in the Data Grid for {1} s: one of the two is cut off, or does not run",
                        name,
                        Long.toString(TimeUnit.NANOSECONDS.toSeconds(now - member.nanos)));
            }
        });
    }

    /** The names of all, those included that are silent. */
    synchronized List<String> names() {
        return List.copyOf(members.keySet());
    }

    /** All by their names, this one among them. Of the silent and of those that have other settings that is told. */
    synchronized JsonArray all(String own, JsonObject self) {
        Map<String, JsonObject> all = new TreeMap<>();
        all.put(own, self);
        members.forEach((name, member) -> all.put(name, view(member, self)));
        return Instances.array(all);
    }

    private static JsonObject view(Member member, JsonObject self) {
        JsonObjectBuilder view = JsonText.JSON.createObjectBuilder(member.said);
        if (member.unreachable) {
            view.add("state", UNREACHABLE);
        }
        return view.add("missedSettings", JsonText.JSON.createArrayBuilder(member.missed.keySet()))
                .add("otherSettings", JsonText.JSON.createArrayBuilder(differing(member.said, self)))
                .build();
    }

    /** The settings that operators have set on one of the two alone, or to another value. */
    private static Collection<String> differing(JsonObject one, JsonObject other) {
        JsonObject first = one.getJsonObject("set");
        JsonObject second = other.getJsonObject("set");
        if (first == null || second == null) {
            return List.of();
        }
        Map<String, Object> names = new TreeMap<>(first);
        names.putAll(second);
        names.keySet()
                .removeIf(name -> first.containsKey(name) && first.get(name).equals(second.get(name)));
        return names.keySet();
    }

    /** An order about a setting has not been taken. A later one about the same setting takes its place. */
    synchronized void missed(String name, Order order, String number, long now) {
        Member member = members.get(name);
        if (member != null) {
            member.missed.put(order.name(), new Missed(name, order, number, now));
        }
    }

    /** An order has had its outcome. */
    synchronized void taken(String name, Order order) {
        Member member = members.get(name);
        if (member != null) {
            member.missed.remove(order.name());
        }
    }

    /** Orders whose outcome may be there by now: those of members that can be reached. */
    synchronized List<Missed> open() {
        List<Missed> open = new ArrayList<>();
        members.values().stream()
                .filter(member -> !member.unreachable)
                .forEach(member -> open.addAll(member.missed.values()));
        return open;
    }

    /** Whether a missed order is to be given again by now; it has this number then. */
    synchronized boolean isDueAgain(Missed missed, String number, long now) {
        Member member = members.get(missed.to());
        if (member == null
                || member.missed.get(missed.order().name()) != missed
                || now - missed.nanos() < AGAIN_NANOS) {
            return false;
        }
        member.missed.put(missed.order().name(), new Missed(missed.to(), missed.order(), number, now));
        return true;
    }

    /** A missed order has been taken, or refused. */
    synchronized void settled(Missed missed, String outcome) {
        Member member = members.get(missed.to());
        if (member == null || !member.missed.remove(missed.order().name(), missed)) {
            return;
        }
        LOG.log(
                outcome.isEmpty() ? Level.INFO : Level.WARNING,
                "{0} has now been told {1} {2}, which it had missed. {3}",
                missed.to(),
                missed.order().action(),
                missed.order().name(),
                outcome);
    }

    /** What a health check tells of them; empty where all is well and was so. */
    synchronized Map<String, String> health() {
        Map<String, String> health = new TreeMap<>();
        members.forEach((name, member) -> {
            if (member.unreachable) {
                health.merge("grid-unreachable", name, (before, next) -> before + ", " + next);
            }
            if (!member.missed.isEmpty()) {
                health.merge(
                        "grid-missed-settings",
                        name + ": " + String.join(", ", member.missed.keySet()),
                        (before, next) -> before + "; " + next);
            }
        });
        metAgain.ifPresent(told -> health.put("grid-met-again", told));
        return health;
    }

    /** How long a member has been silent; nothing where it is not, or is not known. */
    synchronized @Nullable Duration silence(String name, long now) {
        Member member = members.get(name);
        return member == null || !member.unreachable ? null : Duration.ofNanos(now - member.nanos);
    }
}
