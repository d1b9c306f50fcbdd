package io.framegate.map.store;

/**
 * The kinds of features, in the order of the schema's codes, each with the statements that answer by area. Of what is asked for only
 * the number of the data set becomes part of a text, all else goes into parameters. If that data set is gone they fail by SQL state 42P01. The first sees one state of the map, also where a data set is replaced meanwhile, and names the versions of blocks that are in
 * it; the second gives those.
 *
 * <pre>
 *  touching: a row of the features in no block, one of holes, and one for each block that touches the area, in any order
 *  column     features                   holes           a block
 *       1     0                          -1              its number
 *       2     how many                   null            1 if all of it is in the area, but for holes
 *       3     their bytes together       null            of its records together
 *       4     null                       null            checksum of its records
 *       5     number of the last change  null            its nonce
 *       6     the records                8 bytes each    null
 *
 *  blocks: a row for each that is still there
 *  column     meaning
 *       1     its place among those asked for, from 1
 *       2     how many features
 *       3     their bytes together
 *       4     checksum of its records
 *       5     its nonce
 *       6, 7  its western and southern edge, in 1e-7 degree
 *       8     where each record is; null if it is asked for deflated
 *       9     the records; deflated if they are asked for so
 *
 *  measured: one row
 *  column     meaning
 *       1     count of features
 *       2     their bytes together; null if there are none
 *       3     the features; null if there are none or too many bytes
 *       4     number of the last change
 * </pre>
 *
 * A hole is the number of its block and the position in it, int32 each, big-endian. The records of features in no block are null where they have more bytes
 * than an answer may.
 */
public enum FeatureKind {
    LINKS("link"),
    NODES("node"),
    POLYGONS("polygon"),
    POLYLINES("polyline"),
    PASS_INFOS("pass_info"),
    POLYGON_3D_INFOS("polygon_3d"),
    HEIGHT_3D_INFOS("height_3d");

    private final AreaStatement touching;
    private final AreaStatement measured;

    FeatureKind(String table) {
        this.touching = statement(Sql.TOUCHING, table);
        this.measured = statement(Sql.MEASURED, table);
    }

    private AreaStatement statement(String text, String table) {
        return new AreaStatement(text.replace("TABLE", table).replace("KIND", Integer.toString(ordinal())));
    }

    /** Names the blocks of an area, and gathers what is in none, but no more than some rows and bytes. */
    AreaStatement touching() {
        return touching;
    }

    /** Fetches blocks of any kind of a data set; its parameters are arrays of numbers and of whether each is wanted deflated, and the kind. */
    static String blocks(int dataSet) {
        return Sql.BLOCKS.replace("{id}", Integer.toString(dataSet));
    }

    /** Counts and measures all features one by one first, then gathers them in a second pass, unless there is too much. */
    AreaStatement measured() {
        return measured;
    }

    private static final class Sql {

        private static final String IN_AREA = " from map.TABLE_{id} where bbox && {area} and min_zoom <= {zoom}";

        private static final String LAST_CHANGE = "(select last from map.change_counter where only_row)";

        private static final String IN_NO_BLOCK = "select 0, features, octet_length(records)::bigint,"
                + " null::integer, " + LAST_CHANGE + ","
                + " case when octet_length(records) <= {bytes} then records end"
                + " from (select count(*)::integer as features, string_agg(record, ''::bytea) as records"
                + " from (select record" + IN_AREA + " and place = 0 limit {rows}) found) gathered";

        private static final String HOLES =
                "select -1, null, null, null, null, string_agg(int4send(block) || int4send(position), ''::bytea)"
                        + " from map.hole_{id} where kind = KIND and bbox && {area}";

        private static final String BLOCKS_IN_AREA =
                "select number, (bbox <@ {area} and most_zoom <= {zoom})::integer, bytes, adler32, nonce, null"
                        + " from map.block_{id} where kind = KIND and bbox && {area} and least_zoom <= {zoom}";

        static final String TOUCHING = IN_NO_BLOCK + " union all " + HOLES + " union all " + BLOCKS_IN_AREA;

        static final String BLOCKS =
                "select wanted.place, features, bytes, adler32, b.nonce, (bbox[1])[0], (bbox[1])[1],"
                        + " case when not wanted.deflated then places end,"
                        + " case when wanted.deflated then b.deflated else records end"
                        + " from unnest(?::integer[], ?::boolean[]) with ordinality wanted(number, deflated, place)"
                        + " join map.block_{id} b on b.number = wanted.number where b.data_set = {id} and b.kind = ?";

        static final String MEASURED = "with size as materialized"
                + " (select count(*) as features, sum(octet_length(record)) as bytes" + IN_AREA + ")"
                + " select features, bytes, case when bytes <= {bytes} then"
                + " (select string_agg(record, ''::bytea)" + IN_AREA + ") end, " + LAST_CHANGE + " from size";
    }
}
