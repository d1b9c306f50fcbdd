package io.framegate.map.store;

import io.framegate.map.message.Area;
import io.framegate.map.message.Points;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Writes all records of a data set, or of a part of it, one after the other; a few hundred at a time are in memory.
 *
 * <pre>
 *  size field
 *     1 kind    int8: 0 link, 1 node, 2 polygon, 3 polyline, 4 turn rule, 5 heights of a building, 6 heights of a line;
 *               −1 after the last record, and nothing follows
 *     4 size    int32, big-endian
 *     n record  as it goes over the wire
 * </pre>
 *
 * They are all of one moment, whatever is edited or loaded meanwhile. A stream that ends without −1 was cut off.
 */
public final class RecordExport {

    /** After the last record. */
    public static final int END = -1;

    private static final int FETCHED_ROWS = 200;
    private static final String WITHIN = " and bbox && box(point(?, ?), point(?, ?))";

    /** In the order of their codes. */
    private static final List<String> STATEMENTS = List.of(
            "select record from map.link where data_set = ?",
            "select record from map.node where data_set = ?",
            "select record from map.polygon where data_set = ?",
            "select record from map.polyline where data_set = ?",
            "select record from map.pass_info where data_set = ?",
            "select record from map.polygon_3d where data_set = ?",
            "select record from map.height_3d where data_set = ?");

    private final DataSource database;
    private final int dataSet;
    private final Optional<Area> area;

    /**
     * @param dataSet the id of the data set
     * @param area only what touches it; its zoom level is passed over
     */
    public RecordExport(DataSource database, int dataSet, Optional<Area> area) {
        this.database = database;
        this.dataSet = dataSet;
        this.area = area;
    }

    /**
     * Writes them; the stream is flushed and left open. A connection is held until all are written: the stream must not wait
     * for a client.
     *
     * @throws SQLException if the database fails
     */
    public void writeTo(OutputStream stream) throws IOException, SQLException {
        DataOutputStream out = new DataOutputStream(stream);
        try (Connection connection = database.getConnection()) {
            boolean readOnly = connection.isReadOnly();
            int isolation = connection.getTransactionIsolation();
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false);
            try {
                for (int kind = 0; kind < STATEMENTS.size(); kind++) {
                    write(connection, kind, out);
                }
                out.writeByte(END);
                out.flush();
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
                connection.setTransactionIsolation(isolation);
                connection.setReadOnly(readOnly);
            }
        }
    }

    private void write(Connection connection, int kind, DataOutputStream out) throws IOException, SQLException {
        String all = STATEMENTS.get(kind);
        try (PreparedStatement statement = connection.prepareStatement(area.isPresent() ? all + WITHIN : all)) {
            statement.setInt(1, dataSet);
            if (area.isPresent()) {
                statement.setDouble(2, area.get().west() * Points.UNITS_PER_DEGREE);
                statement.setDouble(3, area.get().south() * Points.UNITS_PER_DEGREE);
                statement.setDouble(4, area.get().east() * Points.UNITS_PER_DEGREE);
                statement.setDouble(5, area.get().north() * Points.UNITS_PER_DEGREE);
            }
            // Without a transaction the driver would fetch all rows at once.
            statement.setFetchSize(FETCHED_ROWS);
            statement.setFetchDirection(ResultSet.FETCH_FORWARD);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    byte[] record = rows.getBytes(1);
                    out.writeByte(kind);
                    out.writeInt(record.length);
                    out.write(record);
                }
            }
        }
    }
}
