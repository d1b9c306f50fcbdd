package io.framegate.map.store;

import io.framegate.map.message.Area;
import io.framegate.map.message.PageEnd.Reason;
import io.framegate.map.message.Points;
import io.framegate.message.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.util.EnumMap;
import java.util.Map;

/**
 * Answers by area part by part, in an order that edits do not disturb.
 *
 * <p><b>Order.</b> The area is divided into cells like a quadtree, and walked cell by cell in Z-order, within a cell by
 * ascending id. A feature belongs to the one cell that holds the south-western corner of what its box and the area have
 * in common. So a feature that stays as it is has one place in the walk, wherever the parts end and whatever is edited
 * around it.
 *
 * <p><b>Cost.</b> An order by id alone would have to find and sort all that is left of the area for each part. Here a
 * cell that has more than some thousand features is divided before it is begun, which an index scan that stops there
 * finds out; so a part costs what is in it and at most one cell more, however large the area and the data set are.
 * Divided cells are joined again when the walk leaves them, so empty land is crossed in few steps.
 *
 * <p><b>Limits.</b> At most {@value #MAX_ROWS} features and {@value #MAX_BYTES} bytes a part. The database adds up the
 * bytes and sends none beyond the limit, so neither it nor this holds more than one part; but a single feature that is
 * larger is a part alone.
 */
@ApplicationScoped
public class AreaWalk {

    /** The most features in a part. */
    public static final int MAX_ROWS = 50_000;

    /** The most bytes in a part. */
    public static final int MAX_BYTES = 16 * 1024 * 1024;

    static final int LEAST_DIVIDED = 1_000;
    static final int MOST_UNDIVIDED = 10_000;

    /**
     * A bitmap would be made of a whole cell, the whole area at the beginning, only to learn that it is large; a plain
     * index scan ends at the limit.
     */
    static final String STOP_AT_LIMITS = "set local enable_bitmapscan = off";

    private static final Map<FeatureKind, Statements> STATEMENTS = new EnumMap<>(Map.of(
            FeatureKind.LINKS, Statements.of("map.link"),
            FeatureKind.NODES, Statements.of("map.node"),
            FeatureKind.POLYGONS, Statements.of("map.polygon"),
            FeatureKind.POLYLINES, Statements.of("map.polyline"),
            FeatureKind.PASS_INFOS, Statements.of("map.pass_info"),
            FeatureKind.POLYGON_3D_INFOS, Statements.of("map.polygon_3d"),
            FeatureKind.HEIGHT_3D_INFOS, Statements.OF_LINES));

    // Set by the container before the first call, and never after.
    private Transactions transactions;
    private ChangeFeed changes;

    /** For the container's proxy. */
    protected AreaWalk() {}

    @Inject
    AreaWalk(Transactions transactions, ChangeFeed changes) {
        this.transactions = transactions;
        this.changes = changes;
    }

    /**
     * The statements of a kind, made of constants.
     *
     * <pre>
     *  parameter  meaning
     *          1  id of the data set
     *        2-5  the cell: west, south, east, north, in 1e-7 degree
     *          6  zoom level
     *          7  after this id
     *        8-9  the area's west and south
     *      10-11  the cell's east and north; infinite where these are the area's
     *         12  the most features, plus one
     *         13  the most features
     *         14  the most bytes
     *         15  whether the first feature is wanted even if it is larger
     *
     *  column     meaning
     *          1  count of features, at most one more than wanted
     *          2  count of those among them that are within the limits
     *          3  whether the first beyond the limits is beyond the bytes
     *          4  the last id within the limits
     *          5  the features within the limits
     * </pre>
     *
     * @param count counts features with the parameters up to 12
     * @param page gathers them
     */
    record Statements(String count, String page) {

        // id + 0: the key's index is ordered as wanted, and PostgreSQL takes it when it expects many features in the
        // cell; it would then read the whole data set (0.8 s instead of 20 ms at a million features).
        private static final String ID = "id + 0";

        // Links and polylines number separately, from 1 up; so the ones go up from 1 and the others down from -2.
        private static final String ID_OF_LINE = "(case when kind = 1 then id else -1 - id end)";

        /** Of heights of lines, whose ids are those of links and polylines. */
        static final Statements OF_LINES = of("map.height_3d", ID_OF_LINE);

        static Statements of(String table) {
            return of(table, ID);
        }

        private static Statements of(String table, String id) {
            // The corner of a box with the lower coordinates is its element 1. The index finds by the box; which of the
            // cells that a box touches is its own, the corner says.
            String inCell = table + " where data_set = ?1 and bbox && box(point(?2, ?3), point(?4, ?5))"
                    + " and min_zoom <= ?6 and " + id + " > ?7"
                    + " and greatest((bbox[1])[0], ?8) >= ?2 and greatest((bbox[1])[0], ?8) < ?10"
                    + " and greatest((bbox[1])[1], ?9) >= ?3 and greatest((bbox[1])[1], ?9) < ?11";
            return new Statements(
                    "select count(*) from (select 1 from " + inCell + " limit ?12) found",
                    "select count(*), count(*) filter (where fits), coalesce(bool_or(not fits and place <= ?13), false),"
                            + " max(id) filter (where fits), string_agg(record, ''::bytea) filter (where fits)"
                            + " from (select id, record, place, place <= ?13 and (total <= ?14 or place = 1 and ?15) as fits"
                            + " from (select id, record, row_number() over by_id as place,"
                            + " sum(octet_length(record)) over by_id as total from (select " + id
                            + " as id, record from "
                            + inCell + " order by 1 limit ?12) found window by_id as (order by id)) placed) judged");
        }
    }

    /**
     * Finds the next features whose box touches an area, edges included.
     *
     * @param dataSet the name of the data set
     * @param area on WGS 84, with the zoom level
     * @param maxRows the most features; 0 for {@link #MAX_ROWS}, which more is cut to
     * @param maxBytes the most bytes; 0 for {@link #MAX_BYTES}, which more is cut to
     * @param continuation of the last part; empty for the first
     * @throws Refusal with {@link Refusal.Code#INVALID} for a continuation of another walk, and with
     *     {@link Refusal.Code#UNAVAILABLE} if there is no such data set
     * @throws jakarta.persistence.PersistenceException if the database fails
     */
    public EncodedPage next(
            FeatureKind kind, String dataSet, Area area, int maxRows, int maxBytes, String continuation) {
        int rows = maxRows == 0 ? MAX_ROWS : Math.min(maxRows, MAX_ROWS);
        int bytes = maxBytes == 0 ? MAX_BYTES : Math.min(maxBytes, MAX_BYTES);
        // Before the transaction, so that an epoch which it begins stays when a continuation from before it is refused.
        DataSetLoad load = changes.present(dataSet, 0).load();
        if (load.equals(DataSetLoad.NONE)) {
            throw noData();
        }
        int id = load.id();
        String asked = String.join(" ", kind.name(), Integer.toString(load.number()), area.toString());
        return transactions.inTransaction(entities -> {
            entities.createNativeQuery(STOP_AT_LIMITS).executeUpdate();
            Walk walk = new Walk(entities, kind, id, area, rows, bytes);
            WalkPosition end = walk.from(WalkPosition.of(continuation, asked));
            // Had it been replaced on the way, its features would have been gone from there on.
            requireDataSet(changes.read(entities.unwrap(Connection.class), dataSet), id);
            return new EncodedPage(
                    new EncodedFeatures(walk.count, walk.found.toByteArray()),
                    walk.reason,
                    end.isEnd() ? "" : end.toContinuation(asked));
        });
    }

    private static void requireDataSet(DataSetLoad load, int id) {
        if (load.equals(DataSetLoad.NONE)) {
            throw noData();
        }
        if (load.id() != id) {
            throw new Refusal(
                    Refusal.Code.UNAVAILABLE, "The data set was loaded anew just now: begin again from the start.");
        }
    }

    private static Refusal noData() {
        return new Refusal(
                Refusal.Code.UNAVAILABLE,
                "The map has no data of that name: it is being loaded, or nobody has loaded it. Try again later.");
    }

    /** One part. */
    private static final class Walk {

        private final EntityManager entities;
        private final Statements statements;
        private final int dataSet;
        private final Area area;
        private final int maxRows;
        private final int maxBytes;
        private final int mostUndivided;
        private final ByteArrayOutputStream found = new ByteArrayOutputStream();
        private int count;
        private Reason reason = Reason.COMPLETE;

        Walk(EntityManager entities, FeatureKind kind, int dataSet, Area area, int maxRows, int maxBytes) {
            this.entities = entities;
            this.statements = STATEMENTS.get(kind);
            this.dataSet = dataSet;
            this.area = area;
            this.maxRows = maxRows;
            this.maxBytes = maxBytes;
            this.mostUndivided = Math.max(LEAST_DIVIDED, Math.min(2 * maxRows, MOST_UNDIVIDED));
        }

        /** Returns where the next part begins. */
        WalkPosition from(WalkPosition start) {
            WalkPosition position = start;
            while (!position.isEnd()) {
                if (count == maxRows) {
                    reason = Reason.ROW_LIMIT;
                    return position;
                }
                position = divided(position);
                Object[] row = (Object[]) query(statements.page(), position, maxRows - count + 1)
                        .setParameter(13, maxRows - count)
                        .setParameter(14, maxBytes - found.size())
                        .setParameter(15, count == 0)
                        .getSingleResult();
                int given = ((Number) row[1]).intValue();
                if (given > 0) {
                    count += given;
                    found.writeBytes((byte[]) row[4]);
                    position = position.after(((Number) row[3]).longValue());
                }
                if (((Number) row[0]).intValue() > given) {
                    reason = Boolean.TRUE.equals(row[2]) ? Reason.BYTE_LIMIT : Reason.ROW_LIMIT;
                    return position;
                }
                position = position.nextCell();
            }
            return position;
        }

        private WalkPosition divided(WalkPosition position) {
            WalkPosition cell = position;
            while (cell.isAtBeginning() && cell.level() < WalkPosition.MAX_LEVEL && isLarge(cell)) {
                cell = cell.firstPart();
            }
            return cell;
        }

        private boolean isLarge(WalkPosition cell) {
            Object features = query(statements.count(), cell, mostUndivided + 1).getSingleResult();
            return ((Number) features).intValue() > mostUndivided;
        }

        private Query query(String statement, WalkPosition position, int limit) {
            long cells = 1L << position.level();
            double east = edge(area.west(), area.east(), position.column() + 1, cells);
            double north = edge(area.south(), area.north(), position.row() + 1, cells);
            return entities.createNativeQuery(statement)
                    .setParameter(1, dataSet)
                    .setParameter(2, edge(area.west(), area.east(), position.column(), cells))
                    .setParameter(3, edge(area.south(), area.north(), position.row(), cells))
                    .setParameter(4, east)
                    .setParameter(5, north)
                    .setParameter(6, BlockPlaces.Window.of(area).zoom())
                    .setParameter(7, position.afterId())
                    .setParameter(8, area.west() * Points.UNITS_PER_DEGREE)
                    .setParameter(9, area.south() * Points.UNITS_PER_DEGREE)
                    .setParameter(10, position.column() + 1 == cells ? Double.POSITIVE_INFINITY : east)
                    .setParameter(11, position.row() + 1 == cells ? Double.POSITIVE_INFINITY : north)
                    .setParameter(12, limit);
        }

        /** The same number for the same edge, at whatever level: the fraction is exact. */
        private static double edge(double from, double to, long index, long cells) {
            double start = from * Points.UNITS_PER_DEGREE;
            double end = to * Points.UNITS_PER_DEGREE;
            return index == cells ? end : start + (end - start) * ((double) index / cells);
        }
    }
}
