package io.framegate.map.store;

/**
 * The kinds of features, in the order of the schema's codes, each with the statements that answer by area. Statements are constants: what is asked for goes
 * into parameters only. One statement sees one state of the map, also where a data set is replaced meanwhile.
 *
 * <pre>
 *  quick: a row of the features in no block, one of holes, and one for each block that touches the area, in any order
 *  column     features              holes           a block
 *       1     0                     -1              its number
 *       2     how many              null            how many
 *       3     their bytes together  null            of its records together
 *       4, 5  null                  null            its western and southern edge, in 1e-7 degree
 *       6     1 for a data set      null            checksum of its records
 *       7     null                  8 bytes each    null if all of it is in the answer, else where each record is
 *       8     the records           null            the records; if they are wanted deflated and all of it is in, these
 *
 *  measured: one row
 *  column     meaning
 *       1     count of features
 *       2     their bytes together; null if there are none
 *       3     1 for a data set that is there
 *       4     the features; null if there are none or too many bytes
 * </pre>
 *
 * A hole is the number of its block and the position in it, int32 each, big-endian. Column 8 is null where there are more bytes than are
 * gathered.
 */
public enum FeatureKind {
    LINKS("link"),
    NODES("node"),
    POLYGONS("polygon"),
    POLYLINES("polyline"),
    PASS_INFOS("pass_info"),
    POLYGON_3D_INFOS("polygon_3d"),
    HEIGHT_3D_INFOS("height_3d");

    private final AreaStatement quick;
    private final AreaStatement measured;

    FeatureKind(String table) {
        this.quick = statement(Sql.QUICK, table);
        this.measured = statement(Sql.MEASURED, table);
    }

    private AreaStatement statement(String text, String table) {
        return new AreaStatement(text.replace("TABLE", table).replace("KIND", Integer.toString(ordinal())));
    }

    /** Gathers blocks and what is in none, but no more than some bytes and rows. */
    AreaStatement quick() {
        return quick;
    }

    /** Counts and measures all features one by one first, then gathers them in a second pass, unless there is too much. */
    AreaStatement measured() {
        return measured;
    }

    private static final class Sql {

        private static final String IN_AREA = " where data_set = {id} and bbox && {area} and min_zoom <= {zoom}";

        private static final String IN_NO_BLOCK =
                "select 0 as block, features, octet_length(records)::bigint, null::float8, null::float8,"
                        + " (select count(*) from map.data_set where id = {id})::integer, null::bytea, case when octet_length(records) <= {bytes} then records end"
                        + " from (select count(*)::integer as features, string_agg(record, ''::bytea) as records"
                        + " from (select record from map.TABLE" + IN_AREA
                        + " and place = 0 limit {rows}) found) gathered";

        private static final String HOLES_IN_AREA =
                " from map.hole where data_set = {id} and kind = KIND and bbox && {area}";

        private static final String HOLES = "select -1, null, null, null, null, null,"
                + " string_agg(int4send(block) || int4send(position), ''::bytea), null" + HOLES_IN_AREA;

        private static final String BLOCKS_IN_AREA = " from map.block where data_set = {id}"
                + " and kind = KIND and bbox && {area} and least_zoom <= {zoom}";

        // OFFSET keeps the two selects apart, so that what all blocks have is summed up once.
        private static final String BLOCKS =
                "select number, features, bytes, west, south, adler32, case when not whole then places end,"
                        + " case when all_bytes <= {gathered} then case when whole and {deflated} then deflated else records end end"
                        + " from (select number, features, bytes, (bbox[1])[0] as west, (bbox[1])[1] as south, adler32, places, records, deflated,"
                        + " bbox <@ {area} and most_zoom <= {zoom} and number not in (select block" + HOLES_IN_AREA
                        + ") as whole,"
                        + " (select sum(bytes)" + BLOCKS_IN_AREA + ") as all_bytes"
                        + BLOCKS_IN_AREA + " offset 0) touching";

        static final String QUICK = IN_NO_BLOCK + " union all " + HOLES + " union all " + BLOCKS;

        static final String MEASURED = "with size as materialized"
                + " (select count(*) as features, sum(octet_length(record)) as bytes from map.TABLE" + IN_AREA + ")"
                + " select features, bytes, (select count(*) from map.data_set where id = {id}),"
                + " case when bytes <= {bytes} then"
                + " (select string_agg(record, ''::bytea) from map.TABLE" + IN_AREA + ") end from size";
    }
}
