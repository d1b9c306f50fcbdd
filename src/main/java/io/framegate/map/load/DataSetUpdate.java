package io.framegate.map.load;

import io.framegate.codec.RecordCodec;
import io.framegate.codec.WireReader;
import io.framegate.codec.WireWriter;
import io.framegate.map.load.LoadProgress.Phase;
import io.framegate.map.message.ElementKind;
import io.framegate.map.message.Node;
import io.framegate.map.message.PassInfo;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes a data set what a newer file says, feature by feature, in the transaction of a connection.
 *
 * <pre>
 *  file and data set                              what becomes of it
 *  the same, but for the version                  stays, with its version
 *  differ                                         as the file says, with the next version
 *  only in the file                               is added
 *  only in the data set                           is deleted
 *  differ or only in one of them, and whoever     stays as it is here, which may be away; is reported
 *   changed it last was no load
 * </pre>
 *
 * What an edit hangs on stays with it, so that links end where their nodes are and turn rules are about links that are there.
 * Each change is in the history, its author is "load". Heights are those of the file, for all that is as the file says.
 *
 * <p>Comparing and writing are the database's work, see {@code V6__update_data_set.sql}; in memory are a thousand rows at
 * most. Here is derived anew what the records of nodes and turn rules have of the links and nodes beside them, where these
 * are not what the file says. Saves of the data set wait from {@link #compare} to the commit; nobody who reads does.
 */
final class DataSetUpdate {

    private static final int ROWS_AT_ONCE = 1000;
    private static final int STEPS = 4;
    private static final int NO_MESSAGE = 0;
    private static final int MAX_RECORD_BYTES = 100 * 1024 * 1024;

    private static final String NODES = "select n.id, n.record, l.id, l.min_zoom from around_kept a"
            + " join map.loading_node n on n.id = a.id left join ("
            + " select from_node as node, id, min_zoom from map.loading_link where from_node in (select id from around_kept)"
            + " union select to_node, id, min_zoom from map.loading_link where to_node in (select id from around_kept)"
            + " ) l on l.node = n.id order by n.id, l.id";
    private static final String CHANGE_NODE = "update map.loading_node set min_zoom = ?, record = ? where id = ?";

    private static final String RULES = "select p.record, n.longitude_e7, n.latitude_e7,"
            + " greatest(f.min_zoom, t.min_zoom) from map.loading_pass_info p"
            + " join map.loading_node n on n.id = p.via_node"
            + " join map.loading_link f on f.id = p.from_link join map.loading_link t on t.id = p.to_link"
            + " where exists (select from difference c where c.kept and (c.kind = 4 and c.id = p.id"
            + " or c.kind = 1 and c.id = p.via_node or c.kind = 0 and c.id in (p.from_link, p.to_link)))";
    private static final String CHANGE_RULE = "update map.loading_pass_info"
            + " set longitude_e7 = ?, latitude_e7 = ?, min_zoom = ?, record = ? where id = ?";

    private final Connection connection;
    private final int dataSet;
    private final LoadProgress progress;
    private final RecordCodec<Node> nodes = RecordCodec.of(Node.class);
    private final RecordCodec<PassInfo> rules = RecordCodec.of(PassInfo.class);
    private final WireWriter record = new WireWriter(0, MAX_RECORD_BYTES);

    /**
     * @param connection in a transaction
     * @param dataSet the id of the data set
     */
    DataSetUpdate(Connection connection, int dataSet, LoadProgress progress) {
        this.connection = connection;
        this.dataSet = dataSet;
        this.progress = progress;
    }

    /** Makes the tables that the features of the file are to be copied into. */
    void begin() throws SQLException {
        call("select map.begin_update(?)");
    }

    /**
     * Once they are copied: writes what differs.
     *
     * @throws InterruptedIOException when the thread is interrupted, between two steps
     */
    UpdateReport finish(String source, String attribution) throws IOException, SQLException {
        progress.at(Phase.COMPARING, 0, STEPS);
        call("select map.index_update()");
        step(1);
        // Saves hold it shared: from here on the data set is nobody else's.
        call("select id from map.data_set where id = ? for update");
        call("select map.compare_update(?)");
        step(2);
        call("select map.keep_edits(?)");
        List<UpdateReport.Kept> firstKept = firstKept();
        long kept = firstKept.isEmpty() ? 0 : number("select count(*) from difference where kept");
        if (kept > 0) {
            deriveNodes();
            deriveRules();
        }
        step(3);
        try (PreparedStatement statement = connection.prepareStatement("select * from map.finish_update(?, ?, ?)")) {
            statement.setInt(1, dataSet);
            statement.setString(2, source);
            statement.setString(3, attribution);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                step(STEPS);
                return new UpdateReport(row.getLong(1), row.getLong(2), row.getLong(3), kept, firstKept);
            }
        }
    }

    private void step(int done) throws InterruptedIOException {
        if (Thread.interrupted()) {
            throw new InterruptedIOException("the update was interrupted");
        }
        progress.at(Phase.COMPARING, done, STEPS);
    }

    private List<UpdateReport.Kept> firstKept() throws SQLException {
        List<UpdateReport.Kept> kept = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("select kind, id from difference where kept order by kind, id limit "
                                + UpdateReport.MOST_KEPT)) {
            while (row.next()) {
                kept.add(new UpdateReport.Kept(kind(row.getInt(1)), row.getLong(2)));
            }
        }
        return kept;
    }

    private static ElementKind kind(int code) {
        return Arrays.stream(ElementKind.values())
                .filter(kind -> kind.code() == code)
                .findFirst()
                .orElseThrow();
    }

    /** A node's list of links, and the zoom level that is the least of theirs. */
    private void deriveNodes() throws SQLException {
        try (PreparedStatement read = connection.prepareStatement(NODES);
                PreparedStatement change = connection.prepareStatement(CHANGE_NODE)) {
            read.setFetchSize(ROWS_AT_ONCE);
            Batch batch = new Batch(change);
            try (ResultSet row = read.executeQuery()) {
                boolean more = row.next();
                while (more) {
                    long id = row.getLong(1);
                    byte[] encoded = row.getBytes(2);
                    List<Long> links = new ArrayList<>();
                    int minZoom = Byte.MAX_VALUE;
                    do {
                        long link = row.getLong(3);
                        if (!row.wasNull()) {
                            links.add(link);
                            minZoom = Math.min(minZoom, row.getInt(4));
                        }
                        more = row.next();
                    } while (more && row.getLong(1) == id);
                    Node node = nodes.decode(new WireReader(NO_MESSAGE, encoded, 0, encoded.length));
                    Node derived = new Node(
                            id,
                            node.version(),
                            node.kind(),
                            node.longitudeE7(),
                            node.latitudeE7(),
                            links.isEmpty() ? node.minZoom() : (byte) minZoom,
                            node.name(),
                            links);
                    if (!derived.equals(node)) {
                        change.setInt(1, derived.minZoom());
                        change.setBytes(2, encode(nodes, derived));
                        change.setLong(3, id);
                        batch.add();
                    }
                }
            }
            batch.end();
        }
    }

    /** A rule's place, which is that of its node, and its zoom level, the greater one of its first and last link's. */
    private void deriveRules() throws SQLException {
        try (PreparedStatement read = connection.prepareStatement(RULES);
                PreparedStatement change = connection.prepareStatement(CHANGE_RULE)) {
            read.setFetchSize(ROWS_AT_ONCE);
            Batch batch = new Batch(change);
            try (ResultSet row = read.executeQuery()) {
                while (row.next()) {
                    byte[] encoded = row.getBytes(1);
                    PassInfo rule = rules.decode(new WireReader(NO_MESSAGE, encoded, 0, encoded.length));
                    PassInfo derived = rule.placed(row.getInt(2), row.getInt(3), row.getByte(4));
                    if (!derived.equals(rule)) {
                        change.setInt(1, derived.longitudeE7());
                        change.setInt(2, derived.latitudeE7());
                        change.setInt(3, derived.minZoom());
                        change.setBytes(4, encode(rules, derived));
                        change.setLong(5, derived.id());
                        batch.add();
                    }
                }
            }
            batch.end();
        }
    }

    private <T extends Record> byte[] encode(RecordCodec<T> codec, T message) {
        record.reset();
        codec.encode(message, record);
        return Arrays.copyOf(record.array(), record.length());
    }

    private void call(String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            if (sql.contains("?")) {
                statement.setInt(1, dataSet);
            }
            statement.execute();
        }
    }

    private long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Sends the changes of a statement in pieces of some size. */
    private static final class Batch {

        private final PreparedStatement statement;
        private int waiting;

        Batch(PreparedStatement statement) {
            this.statement = statement;
        }

        void add() throws SQLException {
            statement.addBatch();
            if (++waiting == ROWS_AT_ONCE) {
                end();
            }
        }

        void end() throws SQLException {
            statement.executeBatch();
            waiting = 0;
        }
    }
}
