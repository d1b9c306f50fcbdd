package io.framegate.map.load;

import io.framegate.map.load.OsmVisitor.Member;
import io.framegate.map.load.OsmVisitor.MemberType;
import io.framegate.map.message.Direction;
import io.framegate.map.message.Link;
import io.framegate.map.message.PassInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Makes turn rules of OpenStreetMap's restrictions, which speak of ways, while rules speak of links. Told the relations
 * first, then the links, then asked to build. In memory stay the restrictions, and what is to be known of the links of their
 * ways.
 *
 * <p><b>Which link of a way.</b> At the node, the one piece of the way that touches it. Should the way go on beyond the
 * node, the one by which it may be entered (left) in the way's driving direction; if that still leaves two, the
 * restriction says too little.
 *
 * <p><b>Ways in between.</b> A restriction {@code via} ways is followed along them, in driving direction and over each of
 * them, from a node of the first way to the first node of the last one. It must be possible in exactly one manner.
 *
 * <p><b>Several members.</b> With several {@code from} (no_entry) or {@code to} (no_exit), there is a rule for each pair.
 *
 * <p>A pair that cannot be resolved, since members are missing, beyond the edge of an extract, no road, or ambiguous, is
 * left out and counted; so is a restriction without from, via or to, or with a value that {@link TurnRules} does not
 * know.
 */
final class TurnBuilder {

    /** How many rules a relation may have, since a rule's id is the relation's · 4096 + its number. */
    private static final int RULES_PER_RELATION = 4096;

    /** Ways between are a handful; so a net of them, made to be walked for ever, is not. */
    private static final int MAX_STEPS = 1000;

    private static final int FIRST_VERSION = 1;

    private final List<Restriction> restrictions = new ArrayList<>();
    private final Set<Long> ways = new HashSet<>();
    private final Map<Long, List<Piece>> pieces = new HashMap<>();
    private int leftOut;

    private record Restriction(
            long id,
            List<TurnRules.Rule> rules,
            String except,
            List<Long> from,
            List<Long> viaNodes,
            List<Long> viaWays,
            List<Long> to) {}

    /** What is to be known of a link. */
    private record Piece(long way, long link, long fromNode, long toNode, Direction direction, byte minZoom) {

        boolean touches(long node) {
            return fromNode == node || toNode == node;
        }

        boolean leadsTo(long node) {
            return toNode == node && direction != Direction.BACKWARD
                    || fromNode == node && direction != Direction.FORWARD;
        }

        boolean leadsFrom(long node) {
            return fromNode == node && direction != Direction.BACKWARD
                    || toNode == node && direction != Direction.FORWARD;
        }

        long otherEnd(long node) {
            return fromNode == node ? toNode : fromNode;
        }
    }

    /** A restriction on links. */
    private record Path(Piece from, long node, List<Piece> between, Piece to) {}

    /** Takes a relation, if it is a restriction. */
    void relation(long id, Map<String, String> tags, List<Member> members) {
        if (!tags.getOrDefault("type", "").equals("restriction")) {
            return;
        }
        List<TurnRules.Rule> rules = TurnRules.rules(tags);
        Restriction restriction = new Restriction(
                id,
                rules,
                tags.getOrDefault("except", ""),
                ids(members, MemberType.WAY, "from"),
                ids(members, MemberType.NODE, "via"),
                ids(members, MemberType.WAY, "via"),
                ids(members, MemberType.WAY, "to"));
        if (rules.isEmpty()
                || restriction.from().isEmpty()
                || restriction.to().isEmpty()
                || restriction.viaNodes().size() + restriction.viaWays().size() == 0) {
            leftOut++;
            return;
        }
        restrictions.add(restriction);
        ways.addAll(restriction.from());
        ways.addAll(restriction.viaWays());
        ways.addAll(restriction.to());
    }

    /** Takes a link, if a restriction speaks of its way. */
    void link(long way, Link link) {
        if (ways.contains(way)) {
            pieces.computeIfAbsent(way, id -> new ArrayList<>())
                    .add(new Piece(way, link.id(), link.fromNode(), link.toNode(), link.direction(), link.minZoom()));
        }
    }

    /** Puts all rules into the stream. */
    void build(NodeTable nodes, FeatureStream features) throws IOException {
        for (Restriction restriction : restrictions) {
            int number = 0;
            for (long from : restriction.from()) {
                for (long to : restriction.to()) {
                    Optional<Path> path = resolve(restriction, from, to);
                    if (path.isEmpty()) {
                        leftOut++;
                        continue;
                    }
                    for (TurnRules.Rule rule : restriction.rules()) {
                        if (number == RULES_PER_RELATION) {
                            leftOut++;
                            break;
                        }
                        long id = restriction.id() * RULES_PER_RELATION + number++;
                        features.add(passInfo(id, path.get(), rule, restriction.except(), nodes));
                    }
                }
            }
        }
    }

    /** How many restrictions, or pairs of links of one, were left out. */
    int leftOut() {
        return leftOut;
    }

    private static PassInfo passInfo(long id, Path path, TurnRules.Rule rule, String except, NodeTable nodes) {
        int[] units = nodes.units(new long[] {path.node()});
        return new PassInfo(
                id,
                FIRST_VERSION,
                path.from().link(),
                path.node(),
                path.between().stream().map(Piece::link).toList(),
                path.to().link(),
                rule.rule(),
                rule.turn(),
                units[0],
                units[1],
                (byte) Math.max(path.from().minZoom(), path.to().minZoom()),
                rule.vehicles(),
                except,
                rule.condition());
    }

    private Optional<Path> resolve(Restriction restriction, long from, long to) {
        Search search = new Search(restriction.viaWays(), from, to);
        if (restriction.viaWays().isEmpty()) {
            restriction.viaNodes().forEach(node -> search.end(node, List.of(), node));
        } else {
            Set<Long> starts = new HashSet<>();
            for (Piece piece : piecesOf(from)) {
                starts.add(piece.fromNode());
                starts.add(piece.toNode());
            }
            starts.forEach(node -> search.follow(node, List.of(), node));
        }
        return search.paths.size() == 1 && search.steps < MAX_STEPS
                ? Optional.of(search.paths.get(0))
                : Optional.empty();
    }

    /** Looks for all manners in which a way leads to another. */
    private final class Search {

        private final List<Long> viaWays;
        private final long from;
        private final long to;
        private final List<Path> paths = new ArrayList<>();
        private int steps;

        Search(List<Long> viaWays, long from, long to) {
            this.viaWays = viaWays;
            this.from = from;
            this.to = to;
        }

        void follow(long start, List<Piece> between, long at) {
            boolean overAll = viaWays.stream().allMatch(way -> between.stream().anyMatch(piece -> piece.way() == way));
            if (overAll && end(start, between, at)) {
                return;
            }
            for (long way : viaWays) {
                for (Piece piece : piecesOf(way)) {
                    if (piece.leadsFrom(at) && !between.contains(piece) && steps < MAX_STEPS) {
                        steps++;
                        List<Piece> longer = new ArrayList<>(between);
                        longer.add(piece);
                        follow(start, longer, piece.otherEnd(at));
                    }
                }
            }
        }

        /** Returns whether the last way can be taken here. */
        boolean end(long start, List<Piece> between, long at) {
            Optional<Piece> arrival = only(from, start, piece -> piece.leadsTo(start));
            Optional<Piece> departure = only(to, at, piece -> piece.leadsFrom(at));
            if (arrival.isEmpty() || departure.isEmpty()) {
                return false;
            }
            paths.add(new Path(arrival.get(), start, between, departure.get()));
            return true;
        }
    }

    /** The piece of a way at a node; of several, the only one that may be driven. */
    private Optional<Piece> only(long way, long node, Predicate<Piece> drivable) {
        List<Piece> touching =
                piecesOf(way).stream().filter(piece -> piece.touches(node)).toList();
        List<Piece> fitting = touching.size() < 2
                ? touching
                : touching.stream().filter(drivable).toList();
        return fitting.size() == 1 ? Optional.of(fitting.get(0)) : Optional.empty();
    }

    private List<Piece> piecesOf(long way) {
        return pieces.getOrDefault(way, List.of());
    }

    private static List<Long> ids(List<Member> members, MemberType type, String role) {
        return members.stream()
                .filter(member -> member.type() == type && member.role().equals(role))
                .map(Member::id)
                .toList();
    }
}
