package io.framegate.map.store;

/**
 * The kinds of features, each with the statements that answer by area. Statements are constants: what is asked for goes
 * into parameters only.
 *
 * <pre>
 *  parameter  meaning
 *          1  name of the data set
 *        2-5  west, south, east, north, in 1e-7 degree
 *          6  zoom level
 *          7  the most bytes that an answer may have
 *          8  the most rows of a quick answer, plus one
 *
 *  column     meaning
 *          1  count of features
 *          2  their bytes together; null if there are none
 *          3  the features; null if there are none or too many bytes
 * </pre>
 */
public enum FeatureKind {
    LINKS(
            Sql.QUICK + "map.link" + Sql.IN_AREA + Sql.QUICK_END,
            Sql.MEASURED + "map.link" + Sql.IN_AREA + Sql.MEASURED_THEN + "map.link" + Sql.IN_AREA + Sql.MEASURED_END),
    NODES(
            Sql.QUICK + "map.node" + Sql.IN_AREA + Sql.QUICK_END,
            Sql.MEASURED + "map.node" + Sql.IN_AREA + Sql.MEASURED_THEN + "map.node" + Sql.IN_AREA + Sql.MEASURED_END),
    POLYGONS(
            Sql.QUICK + "map.polygon" + Sql.IN_AREA + Sql.QUICK_END,
            Sql.MEASURED + "map.polygon" + Sql.IN_AREA + Sql.MEASURED_THEN + "map.polygon" + Sql.IN_AREA
                    + Sql.MEASURED_END),
    POLYLINES(
            Sql.QUICK + "map.polyline" + Sql.IN_AREA + Sql.QUICK_END,
            Sql.MEASURED + "map.polyline" + Sql.IN_AREA + Sql.MEASURED_THEN + "map.polyline" + Sql.IN_AREA
                    + Sql.MEASURED_END),
    PASS_INFOS(
            Sql.QUICK + "map.pass_info" + Sql.IN_AREA + Sql.QUICK_END,
            Sql.MEASURED + "map.pass_info" + Sql.IN_AREA + Sql.MEASURED_THEN + "map.pass_info" + Sql.IN_AREA
                    + Sql.MEASURED_END),
    POLYGON_3D_INFOS(
            Sql.QUICK + "map.polygon_3d" + Sql.IN_AREA + Sql.QUICK_END,
            Sql.MEASURED + "map.polygon_3d" + Sql.IN_AREA + Sql.MEASURED_THEN + "map.polygon_3d" + Sql.IN_AREA
                    + Sql.MEASURED_END),
    HEIGHT_3D_INFOS(
            Sql.QUICK + "map.height_3d" + Sql.IN_AREA + Sql.QUICK_END,
            Sql.MEASURED + "map.height_3d" + Sql.IN_AREA + Sql.MEASURED_THEN + "map.height_3d" + Sql.IN_AREA
                    + Sql.MEASURED_END);

    private final String quickStatement;
    private final String measuredStatement;

    FeatureKind(String quickStatement, String measuredStatement) {
        this.quickStatement = quickStatement;
        this.measuredStatement = measuredStatement;
    }

    /** Counts, measures and gathers in one pass, but no more than some rows. */
    String quickStatement() {
        return quickStatement;
    }

    /** Counts and measures first, then gathers in a second pass, unless there is too much. */
    String measuredStatement() {
        return measuredStatement;
    }

    private static final class Sql {

        // One statement, so one snapshot: a data set that is replaced meanwhile is seen as it was or as it is.
        static final String IN_AREA = " where data_set = (select id from map.data_set where name = ?1)"
                + " and bbox && box(point(?2, ?3), point(?4, ?5)) and min_zoom <= ?6";

        static final String QUICK = "select count(*), sum(octet_length(record)),"
                + " case when sum(octet_length(record)) <= ?7 then string_agg(record, ''::bytea) end"
                + " from (select record from ";
        static final String QUICK_END = " limit ?8) found";

        static final String MEASURED =
                "with size as materialized" + " (select count(*) as features, sum(octet_length(record)) as bytes from ";
        static final String MEASURED_THEN =
                ") select features, bytes, case when bytes <= ?7 then (select string_agg(record, ''::bytea) from ";
        static final String MEASURED_END = ") end from size";
    }
}
