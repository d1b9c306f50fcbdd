package io.framegate.map.load;

import java.time.Duration;

/**
 * What a load has stored.
 *
 * @param dataSet the name
 * @param links how many
 * @param nodes how many
 * @param polygons how many
 * @param polylines how many
 * @param brokenAreas areas that were left out, since their sides do not close or are not in the file
 * @param time from the first byte read to the commit
 */
public record LoadReport(
        String dataSet, int links, int nodes, int polygons, int polylines, int brokenAreas, Duration time) {}
