package io.framegate.map.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.framegate.message.DatabaseErrors;
import io.framegate.testkit.DatabaseProxy;
import io.framegate.testkit.PgBouncer;
import io.framegate.testkit.TestDatabase;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketOption;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;

@Timeout(60)
class BoundedDataSourceTest {

    private static final long MOST_VALIDATION_MILLIS = 8_000;

    private final TestDatabase database = TestDatabase.create();

    private static BoundedDataSource at(String url) {
        BoundedDataSource source = new BoundedDataSource();
        source.setUrl(url);
        source.setUser(TestDatabase.USER);
        return source;
    }

    private int port() {
        return URI.create(database.url().substring("jdbc:".length())).getPort();
    }

    private String urlAt(int port) {
        return database.url().replace(":" + port() + "/", ":" + port + "/");
    }

    private static String show(Connection connection, String setting) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show " + setting)) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void boundsSilenceOnBothSides() throws SQLException {
        try (Connection connection = at(database.url()).getConnection()) {
            assertEquals(15_000, connection.getNetworkTimeout());
            assertEquals("15s", show(connection, "idle_in_transaction_session_timeout"));
            assertEquals("5s", show(connection, "client_connection_check_interval"));
            assertEquals("10", show(connection, "tcp_keepalives_idle"));
            assertEquals("5", show(connection, "tcp_keepalives_interval"));
            assertEquals("3", show(connection, "tcp_keepalives_count"));
            assertEquals("15000", show(connection, "tcp_user_timeout"));
            assertEquals("framegate", show(connection, "application_name"));
            assertNotEquals(0, connection.unwrap(PGConnection.class).getPrepareThreshold());
        }
    }

    @Test
    void leavesWhatTheUrlSays() throws SQLException {
        String url = database.url() + "?socketTimeout=7&prepareThreshold=3&ApplicationName=mine"
                + "&options=-c%20idle_in_transaction_session_timeout=3s%20-c%20work_mem=8MB";
        try (Connection connection = at(url).getConnection()) {
            assertEquals(7_000, connection.getNetworkTimeout());
            assertEquals(3, connection.unwrap(PGConnection.class).getPrepareThreshold());
            assertEquals("mine", show(connection, "application_name"));
            assertEquals("3s", show(connection, "idle_in_transaction_session_timeout"));
            assertEquals("8MB", show(connection, "work_mem"));
            assertEquals("5s", show(connection, "client_connection_check_interval"));
        }
    }

    @Test
    void asksTheOtherEndByTcp() throws IOException {
        try (Socket socket = new KeptAliveSockets().createSocket()) {
            Map<String, SocketOption<?>> options = socket.supportedOptions().stream()
                    .collect(Collectors.toMap(SocketOption::name, option -> option, (one, other) -> one));
            assumeTrue(options.containsKey("TCP_KEEPIDLE"), "this platform has no such options");
            assertEquals(10, socket.getOption(options.get("TCP_KEEPIDLE")));
            assertEquals(5, socket.getOption(options.get("TCP_KEEPINTERVAL")));
            assertEquals(3, socket.getOption(options.get("TCP_KEEPCOUNT")));
        }
    }

    @Test
    void findsALostConnectionByItsValidationWithinSeconds() throws Exception {
        try (DatabaseProxy proxy = new DatabaseProxy(port());
                Connection connection = at(urlAt(proxy.port())).getConnection()) {
            connection.getMetaData();
            proxy.lose();
            long begun = System.nanoTime();
            assertTrue(DatabaseErrors.isIn(assertThrows(SQLException.class, connection::getMetaData)));
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            assertTrue(millis <= MOST_VALIDATION_MILLIS, () -> millis + " ms");
            try (Connection another = at(urlAt(proxy.port())).getConnection()) {
                another.getMetaData();
            }
        }
    }

    @Test
    void replacesConnectionsOnDemand() throws SQLException {
        BoundedDataSource source = at(database.url());
        try (Connection before = source.getConnection()) {
            before.getMetaData();
            BoundedDataSource.renew();
            assertThrows(SQLException.class, before::getMetaData);
            try (Connection after = source.getConnection()) {
                after.getMetaData();
            }
        }
    }

    @Test
    void tellsAWrongPasswordOrOptionAsItIs() {
        BoundedDataSource stranger = at(database.url());
        stranger.setUser("nobody_there");
        assertTrue(DatabaseErrors.isRefused(assertThrows(SQLException.class, stranger::getConnection)));
        BoundedDataSource wrong = at(database.url() + "?options=-c%20no_such_setting=1");
        assertEquals(
                "42704", assertThrows(SQLException.class, wrong::getConnection).getSQLState());
    }

    /** Makes a socket as a driver would that needs a thread for it. */
    public static final class ThreadlessSockets extends SocketFactory {

        public ThreadlessSockets() {}

        @Override
        public Socket createSocket() {
            throw new OutOfMemoryError(
                    "unable to create native thread: possibly out of memory or process/resource limits");
        }

        @Override
        public Socket createSocket(String host, int port) {
            return createSocket();
        }

        @Override
        public Socket createSocket(String host, int port, java.net.InetAddress localHost, int localPort) {
            return createSocket();
        }

        @Override
        public Socket createSocket(java.net.InetAddress host, int port) {
            return createSocket();
        }

        @Override
        public Socket createSocket(java.net.InetAddress host, int port, java.net.InetAddress localHost, int localPort) {
            return createSocket();
        }
    }

    @Test
    void lackOfThreadsIsAnUnavailableDatabase() {
        BoundedDataSource source = at(database.url() + "?socketFactory=" + ThreadlessSockets.class.getName());
        assertTrue(DatabaseErrors.isIn(assertThrows(SQLException.class, source::getConnection)));
    }

    /** More clients than it has connections, so that statements of one run on several. */
    @Test
    void worksBehindAPooler() throws Exception {
        assumeTrue(PgBouncer.isInstalled(), "there is no pgbouncer here");
        Path directory = Files.createDirectories(Path.of("target", "pgbouncer"));
        try (PgBouncer pooler = new PgBouncer(port(), TestDatabase.USER, "", directory)) {
            BoundedDataSource source = at(urlAt(pooler.port()));
            try (Connection direct = at(database.url()).getConnection();
                    Connection one = source.getConnection();
                    Connection other = source.getConnection()) {
                assertFalse(BoundedDataSource.isPooled(direct));
                assertTrue(BoundedDataSource.isPooled(one));
                assertEquals(0, one.unwrap(PGConnection.class).getPrepareThreshold());
                for (int i = 0; i < 20; i++) {
                    other.setAutoCommit(i % 2 == 0);
                    assertEquals(i, same(one, i));
                    assertEquals(i, same(other, i));
                    if (i % 4 == 3) {
                        other.commit();
                    }
                }
            }
        }
    }

    private static int same(Connection connection, int number) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select ?::integer")) {
            statement.setInt(1, number);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }
}
