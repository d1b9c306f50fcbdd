package io.framegate.map.store;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Where the changes after a number are: one short read of an index, of nothing as a rule. */
@ApplicationScoped
public class ChangeFeed {

    /** More than that at once count as everywhere. */
    private static final int MOST_CHANGES = 1000;

    // Set by the container before the first call, and never after.
    private MapDatabase database;

    /** For the container's proxy. */
    protected ChangeFeed() {}

    @Inject
    ChangeFeed(MapDatabase database) {
        this.database = database;
    }

    /**
     * What has come after a number.
     *
     * @param dataSet the id of the data set; 0 if there is none of that name
     * @param last the number of the last change; the one that was asked with if there is none after it
     * @param places where, by number; empty if there is nothing
     * @param everywhere whether there were too many to be told one by one
     */
    public record News(int dataSet, long last, List<Place> places, boolean everywhere) {}

    /**
     * What a change touches.
     *
     * @param number of the change
     * @param box on WGS 84, what was and what is in it
     */
    public record Place(long number, Box box) {}

    /**
     * What has come after a number, as of now.
     *
     * @param dataSet the name of the data set
     * @throws PersistenceException if the database fails
     */
    public News after(String dataSet, long number) {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement(AreaVersions.NEWS)) {
            statement.setLong(1, number);
            statement.setInt(2, MOST_CHANGES + 1);
            statement.setString(3, dataSet);
            int id = 0;
            long last = number;
            List<Place> places = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    id = rows.getInt(1);
                    long change = rows.getLong(2);
                    if (!rows.wasNull()) {
                        last = Math.max(last, change);
                        places.add(new Place(
                                change, new Box(rows.getInt(3), rows.getInt(4), rows.getInt(5), rows.getInt(6))));
                    }
                }
            }
            return new News(id, last, List.copyOf(places), places.size() > MOST_CHANGES);
        } catch (SQLException e) {
            throw new PersistenceException("the last changes could not be read", e);
        }
    }
}
