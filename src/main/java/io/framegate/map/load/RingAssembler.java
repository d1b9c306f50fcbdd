package io.framegate.map.load;

import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon.Ring;
import io.framegate.map.store.Box;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.locationtech.jts.algorithm.Area;
import org.locationtech.jts.algorithm.RayCrossingCounter;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Location;

/**
 * Makes a polygon's rings of the ways around it.
 *
 * <p><b>Joining.</b> Ways are joined where they end, as in a walk over a graph that uses each way once. Such walks
 * close exactly if an even number of ways ends at every node; otherwise something is missing. Wherever a walk comes by
 * a node for the second time, what lies between is cut off as a ring of its own: rings that touch in a node come
 * apart.
 *
 * <p><b>Nesting.</b> Which ring is a hole follows from the geometry, not from the roles {@code outer} and
 * {@code inner}, which are often wrong: a ring within an odd number of others is a hole in the smallest of them.
 * Rings may touch, but not cross.
 */
final class RingAssembler {

    private static final int LEAST_NODES = 3;

    private final NodeTable nodes;

    RingAssembler(NodeTable nodes) {
        this.nodes = nodes;
    }

    /**
     * @param ways node ids, all of them known
     * @return an outer ring, its holes, the next outer ring…; nothing if the ways do not close or enclose nothing
     */
    Optional<List<Ring>> assemble(List<long[]> ways) {
        return join(ways).map(this::nest).filter(rings -> !rings.isEmpty());
    }

    private static Optional<List<long[]>> join(List<long[]> ways) {
        Map<Long, Deque<Integer>> byEnd = new HashMap<>();
        for (int i = 0; i < ways.size(); i++) {
            long[] way = ways.get(i);
            byEnd.computeIfAbsent(way[0], end -> new ArrayDeque<>()).add(i);
            byEnd.computeIfAbsent(way[way.length - 1], end -> new ArrayDeque<>())
                    .add(i);
        }
        if (byEnd.values().stream().anyMatch(ends -> ends.size() % 2 != 0)) {
            return Optional.empty();
        }
        boolean[] used = new boolean[ways.size()];
        List<long[]> rings = new ArrayList<>();
        for (int first = 0; first < used.length; first++) {
            if (!used[first]) {
                cutIntoRings(walk(ways, byEnd, used, first), rings);
            }
        }
        return Optional.of(rings);
    }

    /** Follows ways from the first one on until there is no other: with even ends, that is where it began. */
    private static LongWalk walk(List<long[]> ways, Map<Long, Deque<Integer>> byEnd, boolean[] used, int first) {
        LongWalk walk = new LongWalk();
        Integer next = first;
        while (next != null) {
            used[next] = true;
            walk.append(ways.get(next));
            Deque<Integer> there = byEnd.getOrDefault(walk.end(), new ArrayDeque<>());
            next = there.poll();
            while (next != null && used[next]) {
                next = there.poll();
            }
        }
        return walk;
    }

    private static void cutIntoRings(LongWalk walk, List<long[]> rings) {
        List<Long> path = new ArrayList<>();
        Map<Long, Integer> places = new HashMap<>();
        for (long node : walk.nodes) {
            Integer since = places.get(node);
            if (since != null) {
                List<Long> ring = path.subList(since, path.size());
                if (ring.size() >= LEAST_NODES) {
                    rings.add(ring.stream().mapToLong(Long::longValue).toArray());
                }
                ring.forEach(places::remove);
                ring.clear();
            }
            places.put(node, path.size());
            path.add(node);
        }
    }

    private List<Ring> nest(List<long[]> nodeRings) {
        List<Candidate> candidates = new ArrayList<>();
        for (long[] ring : nodeRings) {
            Candidate candidate = Candidate.of(nodes.units(ring));
            if (candidate.signedArea != 0) {
                candidates.add(candidate);
            }
        }
        candidates.sort(Comparator.comparingDouble((Candidate ring) -> -Math.abs(ring.signedArea)));
        Map<Candidate, List<Candidate>> holesOf = new HashMap<>();
        List<Candidate> outers = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            Candidate ring = candidates.get(i);
            int depth = 0;
            Candidate smallest = ring;
            for (Candidate larger : candidates.subList(0, i)) {
                if (larger.contains(ring)) {
                    depth++;
                    smallest = larger;
                }
            }
            if (depth % 2 == 0) {
                outers.add(ring);
            } else {
                holesOf.computeIfAbsent(smallest, outer -> new ArrayList<>()).add(ring);
            }
        }
        List<Ring> rings = new ArrayList<>();
        for (Candidate outer : outers) {
            rings.add(outer.ring(false));
            for (Candidate hole : holesOf.getOrDefault(outer, List.of())) {
                rings.add(hole.ring(true));
            }
        }
        return rings;
    }

    /** The nodes of joined ways; the node that two ways share is there once. */
    private static final class LongWalk {

        private final List<Long> nodes = new ArrayList<>();

        long end() {
            return nodes.get(nodes.size() - 1);
        }

        void append(long[] way) {
            boolean forward = nodes.isEmpty() || way[0] == end();
            for (int i = nodes.isEmpty() ? 0 : 1; i < way.length; i++) {
                nodes.add(forward ? way[i] : way[way.length - 1 - i]);
            }
        }
    }

    /** A ring whose place among the others is not known yet. Equal to itself only. */
    private static final class Candidate {

        private final int[] units;
        private final Box bounds;
        /** Closed: the first is repeated at the end, as JTS wants it. */
        private final Coordinate[] coordinates;
        /** In square units; positive for counter-clockwise. */
        private final double signedArea;

        private Candidate(int[] units, Coordinate[] coordinates) {
            this.units = units;
            this.bounds = Box.of(units);
            this.coordinates = coordinates;
            // JTS counts clockwise as positive.
            this.signedArea = -Area.ofRingSigned(coordinates);
        }

        static Candidate of(int[] units) {
            int count = units.length / 2;
            Coordinate[] coordinates = new Coordinate[count + 1];
            for (int i = 0; i <= count; i++) {
                int at = i % count * 2;
                coordinates[i] = new Coordinate(units[at], units[at + 1]);
            }
            return new Candidate(units, coordinates);
        }

        boolean contains(Candidate other) {
            if (bounds.with(other.bounds).equals(bounds)) {
                // Corners that lie on this ring say nothing. If all do, the middle of an edge decides.
                for (Coordinate corner : other.coordinates) {
                    int location = locate(corner);
                    if (location != Location.BOUNDARY) {
                        return location == Location.INTERIOR;
                    }
                }
                for (int i = 1; i < other.coordinates.length; i++) {
                    Coordinate a = other.coordinates[i - 1];
                    Coordinate b = other.coordinates[i];
                    int location = locate(new Coordinate((a.x + b.x) / 2, (a.y + b.y) / 2));
                    if (location != Location.BOUNDARY) {
                        return location == Location.INTERIOR;
                    }
                }
            }
            return false;
        }

        private int locate(Coordinate point) {
            return RayCrossingCounter.locatePointInRing(point, coordinates);
        }

        Ring ring(boolean hole) {
            boolean counterClockwise = signedArea > 0;
            int[] oriented = units.clone();
            if (counterClockwise == hole) {
                int count = units.length / 2;
                for (int i = 0; i < count; i++) {
                    oriented[2 * i] = units[2 * (count - 1 - i)];
                    oriented[2 * i + 1] = units[2 * (count - 1 - i) + 1];
                }
            }
            return new Ring(hole, Points.differences(oriented));
        }
    }
}
