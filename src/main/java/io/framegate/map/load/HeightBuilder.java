package io.framegate.map.load;

import io.framegate.map.message.Height3DInfo;
import io.framegate.map.message.LevelOrigin;
import io.framegate.map.message.LineKind;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the heights of lines, as {@link Height3DInfo} says. Told first which ways leave the ground, then the nodes, then
 * asked line by line. In memory stay the nodes of ways off the ground (8 bytes each), and those whose elevation is known.
 */
final class HeightBuilder {

    private static final int FIRST_VERSION = 1;
    private static final int CM_PER_METRE = 100;

    /** More than there are levels from −5 to 5. */
    private static final int NODE_SHIFT = 16;

    private static final int LEVEL_OFFSET = 5;

    private final LongList lifted = new LongList();
    /** Nodes of ways off the ground, each with a way's level: node · 16 + level + 5, ascending. */
    private long[] levels = {};

    private final Map<Long, Integer> elevationsCm = new HashMap<>();

    /** A level and where it comes from. */
    private record Level(int value, LevelOrigin origin) {}

    /** Takes a way that becomes a line. */
    void way(Map<String, String> tags, long[] nodes) {
        int level = level(tags).value();
        if (level != 0) {
            for (long node : nodes) {
                lifted.add(node * NODE_SHIFT + level + LEVEL_OFFSET);
            }
        }
    }

    /** Is told that all ways were taken, before the first line is asked for. */
    void waysTaken() {
        levels = lifted.drainDistinct();
    }

    /** Takes a node of any way. */
    void node(long id, Map<String, String> tags) {
        Lengths.metres(tags.getOrDefault("ele", ""))
                .ifPresent(metres -> elevationsCm.put(id, Math.round(metres * CM_PER_METRE)));
    }

    /**
     * The heights of a line; nothing for one that is on the ground from end to end, without an elevation.
     *
     * @param nodes of its points, in order
     * @param units of its points, as longitudes and latitudes in turn
     */
    Optional<Height3DInfo> heights(
            long id, LineKind kind, byte minZoom, Map<String, String> tags, long[] nodes, int[] units) {
        Level level = level(tags);
        int last = nodes.length - 1;
        int[] heightsCm = new int[nodes.length];
        Arrays.fill(heightsCm, level.value() * Height3DInfo.CM_PER_LEVEL);
        for (int end : new int[] {0, last}) {
            heightsCm[end] = levelAt(nodes[end], level.value()) * Height3DInfo.CM_PER_LEVEL;
        }
        int[] elevations = elevationsCm(nodes, units);
        boolean lifted = Arrays.stream(heightsCm).anyMatch(height -> height != 0);
        if (!lifted && elevations.length == 0) {
            return Optional.empty();
        }
        LevelOrigin origin = lifted && level.origin() == LevelOrigin.GROUND ? LevelOrigin.NEIGHBOUR : level.origin();
        return Optional.of(new Height3DInfo(
                id, kind, FIRST_VERSION, origin, (byte) level.value(), minZoom, heightsCm, elevations));
    }

    private static Level level(Map<String, String> tags) {
        int layer = RoadRules.layer(tags);
        if (layer != 0) {
            return new Level(layer, LevelOrigin.LAYER);
        }
        // A layer of 0 that somebody has written down is as good as any other.
        if (!tags.containsKey("layer")) {
            if (!tags.getOrDefault("bridge", "no").equals("no")) {
                return new Level(1, LevelOrigin.BRIDGE);
            }
            if (!tags.getOrDefault("tunnel", "no").equals("no")) {
                return new Level(-1, LevelOrigin.TUNNEL);
            }
        }
        return new Level(0, LevelOrigin.GROUND);
    }

    /** The level farthest from the ground of the ways that meet at a node. */
    private int levelAt(long node, int own) {
        int farthest = own;
        int found = Arrays.binarySearch(levels, node * NODE_SHIFT);
        for (int i = found < 0 ? -found - 1 : found; i < levels.length; i++) {
            if (Math.floorDiv(levels[i], NODE_SHIFT) != node) {
                break;
            }
            farthest = fartherFromGround(farthest, Math.floorMod(levels[i], NODE_SHIFT) - LEVEL_OFFSET);
        }
        return farthest;
    }

    private static int fartherFromGround(int a, int b) {
        return Math.abs(a) == Math.abs(b) ? Math.max(a, b) : Math.abs(a) > Math.abs(b) ? a : b;
    }

    private int[] elevationsCm(long[] nodes, int[] units) {
        int[] elevations = new int[nodes.length];
        int known = -1;
        for (int i = 0; i < nodes.length; i++) {
            Integer here = elevationsCm.get(nodes[i]);
            elevations[i] = here == null ? Height3DInfo.UNKNOWN : here;
            if (here != null) {
                if (known >= 0) {
                    interpolate(elevations, known, i, units);
                }
                known = i;
            }
        }
        return known < 0 ? new int[0] : elevations;
    }

    private static void interpolate(int[] elevations, int from, int to, int[] units) {
        double[] way = new double[to - from + 1];
        for (int i = 1; i < way.length; i++) {
            int at = 2 * (from + i);
            // A degree of longitude is shorter than one of latitude; on so short a way, by one factor.
            double east = ((double) units[at] - units[at - 2]) * Math.cos(Math.toRadians(units[at + 1] / 1e7));
            way[i] = way[i - 1] + Math.hypot(east, (double) units[at + 1] - units[at - 1]);
        }
        double all = way[way.length - 1];
        for (int i = 1; i < way.length - 1; i++) {
            double share = all == 0 ? 0 : way[i] / all;
            elevations[from + i] =
                    (int) Math.round(elevations[from] + share * ((double) elevations[to] - elevations[from]));
        }
    }
}
