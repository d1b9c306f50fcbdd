package io.framegate.guest;

import jakarta.annotation.Resource;
import jakarta.annotation.sql.DataSourceDefinition;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import jakarta.transaction.UserTransaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;

/** Stores rows by JDBC and JPA, in transactions of all kinds. */
@ApplicationScoped
@DataSourceDefinition(
        name = TransactedNotes.POOL,
        className = "org.postgresql.ds.PGSimpleDataSource",
        url = "${MPCONFIG=framegate.database.url}",
        user = "${MPCONFIG=framegate.database.user}",
        password = "${MPCONFIG=framegate.database.password}",
        minPoolSize = 1,
        maxPoolSize = 8,
        properties = {"fish.payara.match-connections=false", "fish.payara.max-wait-time-in-millis=3000"})
public class TransactedNotes {

    static final String POOL = "java:app/jdbc/guest";

    private static final String MAPS_POOL = "java:app/jdbc/framegate";

    @Resource(lookup = POOL)
    private DataSource pool;

    @PersistenceContext
    private EntityManager entities;

    @Inject
    private UserTransaction transaction;

    @Inject
    private TransactedNotes self;

    /**
     * Stores a row, or two.
     *
     * @param way {@code table}, {@code count}, {@code plain} (without a transaction); {@code injected}, {@code looked-up},
     *     {@code maps-pool} (JDBC, and then it fails), {@code both} (JPA and JDBC, and then it fails), {@code commit} (both),
     *     {@code open} (a transaction that is not ended), {@code hurry} (a second for each transaction), {@code slow} (a transaction of
     *     more than that)
     * @return rows under this text
     */
    int store(String way, String text) throws Exception {
        switch (way) {
            case "table" -> execute("create table if not exists guest_transacted (text text)");
            case "plain" -> insert(text);
            case "injected" -> self.insertAndFail(pool, text);
            case "looked-up" -> self.insertAndFail(InitialContext.doLookup(POOL), text);
            case "maps-pool" -> self.insertAndFail(InitialContext.doLookup(MAPS_POOL), text);
            case "both" -> self.insertByBothAndFail(text);
            case "commit" -> self.insertByBoth(text);
            case "open" -> {
                transaction.begin();
                insert(text);
            }
            case "hurry" -> transaction.setTransactionTimeout(1);
            case "slow" -> {
                transaction.begin();
                Thread.sleep(1500);
                insert(text);
                transaction.commit();
            }
            default -> {
                // Only counts.
            }
        }
        return count(text);
    }

    /** Public, so that it is intercepted. */
    @Transactional
    public void insertAndFail(DataSource source, String text) throws SQLException {
        insert(source, text);
        throw new IllegalStateException("after the insert");
    }

    /** Public, so that it is intercepted. */
    @Transactional
    public void insertByBothAndFail(String text) throws SQLException, NamingException {
        insertByBoth(text);
        throw new IllegalStateException("after both");
    }

    /** Public, so that it is intercepted. */
    @Transactional
    public void insertByBoth(String text) throws SQLException, NamingException {
        entities.createNativeQuery("insert into guest_transacted (text) values (?1)")
                .setParameter(1, text)
                .executeUpdate();
        // From the pool of the entities: a transaction may have one resource that knows no two-phase commit.
        insert(InitialContext.doLookup(MAPS_POOL), text);
    }

    void insert(String text) throws SQLException {
        insert(pool, text);
    }

    private static void insert(DataSource source, String text) throws SQLException {
        try (Connection connection = source.getConnection();
                PreparedStatement insert =
                        connection.prepareStatement("insert into guest_transacted (text) values (?)")) {
            insert.setString(1, text);
            insert.executeUpdate();
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.execute();
        }
    }

    private int count(String text) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement select =
                        connection.prepareStatement("select count(*) from guest_transacted where text = ?")) {
            select.setString(1, text);
            try (ResultSet rows = select.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }
}
