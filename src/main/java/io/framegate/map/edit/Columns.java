package io.framegate.map.edit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.stream.Stream;

/** Sets the parameters of a statement that takes its rows from {@code unnest}: an array for each column. */
record Columns(Connection connection, PreparedStatement statement) {

    /**
     * Sets one.
     *
     * @param type PostgreSQL's name of the column's type
     */
    void set(int parameter, String type, Stream<?> values) throws SQLException {
        set(parameter, type, values.toArray());
    }

    /** The same, of values in an array. */
    void set(int parameter, String type, Object[] values) throws SQLException {
        statement.setArray(parameter, connection.createArrayOf(type, values));
    }
}
