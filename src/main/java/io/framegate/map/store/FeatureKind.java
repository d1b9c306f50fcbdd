package io.framegate.map.store;

/**
 * The kinds of features, each with the statements that answer by area. Statements are constants: what is asked for goes
 * into parameters only.
 *
 * <pre>
 *  parameters of an area
 *          1  name of the data set
 *        2-5  west, south, east, north, in 1e-7 degree
 *          6  zoom level
 *  quick:     an area, the most rows plus one, the most bytes that an answer may have
 *  measured:  an area, the most bytes, the same area
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

    /** Counts, gathers and measures in one pass, but no more than some rows. */
    String quickStatement() {
        return quickStatement;
    }

    /** Counts and measures first, then gathers in a second pass, unless there is too much. */
    String measuredStatement() {
        return measuredStatement;
    }

    private static final class Sql {

        // One statement, so one snapshot: a data set that is replaced meanwhile is seen as it was or as it is.
        static final String IN_AREA = " where data_set = (select id from map.data_set where name = ?)"
                + " and bbox && box(point(?, ?), point(?, ?)) and min_zoom <= ?";

        // The length of what was gathered costs nothing; a sum of all lengths would be a twentieth of the whole.
        static final String QUICK = "with gathered as (select count(*) as features,"
                + " string_agg(record, ''::bytea) as records from (select record from ";
        static final String QUICK_END = " limit ?) found) select features, octet_length(records),"
                + " case when octet_length(records) <= ? then records end from gathered";

        static final String MEASURED =
                "with size as materialized" + " (select count(*) as features, sum(octet_length(record)) as bytes from ";
        static final String MEASURED_THEN =
                ") select features, bytes, case when bytes <= ? then (select string_agg(record, ''::bytea) from ";
        static final String MEASURED_END = ") end from size";
    }
}
