package io.framegate.map.command;

import java.util.List;

/** Where a feature is; all coordinates are longitudes and latitudes in turn, in 1e-7 degree. */
interface Geometry {

    /** How many points it has. */
    int size();

    /** Where another feature of the same id is: heights have no place of their own. */
    record Nowhere() implements Geometry {

        @Override
        public int size() {
            return 0;
        }
    }

    /** A point. */
    record Point(int longitudeE7, int latitudeE7) implements Geometry {

        @Override
        public int size() {
            return 1;
        }
    }

    /** A line. */
    record Line(int[] units) implements Geometry {

        @Override
        public int size() {
            return units.length / 2;
        }
    }

    /**
     * Areas.
     *
     * @param parts each an outer ring and its holes; the first point of a ring is not repeated at its end
     */
    record Areas(List<List<int[]>> parts) implements Geometry {

        @Override
        public int size() {
            return parts.stream()
                    .flatMap(List::stream)
                    .mapToInt(ring -> ring.length / 2)
                    .sum();
        }
    }
}
