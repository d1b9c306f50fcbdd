package io.framegate.map.load;

import java.time.Duration;
import java.util.Optional;

/**
 * What a load has stored; after an update, what there is.
 *
 * @param dataSet the name
 * @param links how many
 * @param nodes how many
 * @param polygons how many
 * @param polylines how many
 * @param passInfos how many turn rules
 * @param polygons3D how many buildings with their heights
 * @param heights3D how many links and polylines with their heights
 * @param brokenAreas areas that were left out, since their sides do not close or are not in the file
 * @param brokenTurns turn rules that were left out, since their links are not in the file or not clear
 * @param update what an update has changed; nothing for a load as a whole
 * @param time from the first byte read to the commit
 */
public record LoadReport(
        String dataSet,
        int links,
        int nodes,
        int polygons,
        int polylines,
        int passInfos,
        int polygons3D,
        int heights3D,
        int brokenAreas,
        int brokenTurns,
        Optional<UpdateReport> update,
        Duration time) {}
