package io.framegate.map.load;

import io.framegate.codec.RecordCodec;
import io.framegate.codec.WireReader;
import io.framegate.map.message.Height3DInfo;
import io.framegate.map.message.Link;
import io.framegate.map.message.Node;
import io.framegate.map.message.PassInfo;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polygon3DInfo;
import io.framegate.map.message.Polyline;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** What a load has left in a database: the records as clients get them, by id. */
record StoredFeatures(
        List<Link> links,
        List<Node> nodes,
        List<Polygon> polygons,
        List<Polyline> polylines,
        List<PassInfo> passInfos,
        List<Polygon3DInfo> polygons3D,
        List<Height3DInfo> heights3D) {

    static StoredFeatures in(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            return new StoredFeatures(
                    read(statement, "select record from map.link order by id", Link.class),
                    read(statement, "select record from map.node order by id", Node.class),
                    read(statement, "select record from map.polygon order by id", Polygon.class),
                    read(statement, "select record from map.polyline order by id", Polyline.class),
                    read(statement, "select record from map.pass_info order by id", PassInfo.class),
                    read(statement, "select record from map.polygon_3d order by id", Polygon3DInfo.class),
                    read(statement, "select record from map.height_3d order by kind, id", Height3DInfo.class));
        }
    }

    /** A number that a statement gives. */
    static long number(DataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    boolean isEmpty() {
        return links.isEmpty() && nodes.isEmpty() && polygons.isEmpty() && polylines.isEmpty();
    }

    private static <T extends Record> List<T> read(Statement statement, String sql, Class<T> type) throws SQLException {
        RecordCodec<T> codec = RecordCodec.of(type);
        List<T> records = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                byte[] bytes = rows.getBytes(1);
                WireReader in = new WireReader(0, bytes, 0, bytes.length);
                records.add(codec.decode(in));
                if (in.remaining() != 0) {
                    throw new AssertionError(in.remaining() + " bytes follow a record");
                }
            }
        }
        return records;
    }
}
