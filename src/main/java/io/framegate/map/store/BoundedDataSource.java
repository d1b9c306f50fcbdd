package io.framegate.map.store;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Connections to PostgreSQL, for a pool, that cannot be waited for without end: whatever is lost between the two without a word,
 * both ends give up within seconds.
 *
 * <pre>
 *  parameter of the driver   value                 what it bounds
 *  connectTimeout            {@value #CONNECT_SECONDS} s                   until TCP is connected
 *  socketTimeout             {@value #LOGIN_SECONDS} s, then {@value #ANSWER_SECONDS} s       each wait for bytes: of the login, then of an answer
 *  cancelSignalTimeout       {@value #CONNECT_SECONDS} s                   the call that cancels a statement
 *  tcpKeepAlive, socketFactory                     silence on the gate's side, see {@link KeptAliveSockets}
 *  options                   see {@link #OPTIONS}  silence on the database's side, and its transactions that nobody goes on with
 * </pre>
 *
 * Parameters of the URL win over these one by one, those within {@code options} too.
 *
 * <p><b>Validation.</b> A pool that validates by the connection's meta data ({@code getMetaData}) has the server asked, and waits for
 * it {@value #VALIDATION_SECONDS} s, not as long as for an answer. The driver itself would ask nobody. Where it is in vain the pool closes
 * all connections, also those on which somebody waits, who is told so much sooner.
 *
 * <p><b>Passwords.</b> Where one is in a file it is read for each connection, so it may change while the gate runs.
 *
 * <p><b>Poolers.</b> Behind one, such as PgBouncer, a statement may run on another connection of the server than the one before. So no
 * statement is kept there by a name ({@code prepareThreshold=0}). One that does not take {@code options} gets none.
 *
 * <p><b>Threads.</b> Any, when its properties are set. Nothing here makes a thread: {@code loginTimeout} would, for each connection.
 */
public final class BoundedDataSource extends PGSimpleDataSource {

    static final int CONNECT_SECONDS = 2;
    static final int LOGIN_SECONDS = 5;
    static final int ANSWER_SECONDS = 15;
    static final int VALIDATION_SECONDS = 5;
    static final int KEEP_ALIVE_IDLE_SECONDS = 10;
    static final int KEEP_ALIVE_INTERVAL_SECONDS = 5;
    static final int KEEP_ALIVE_COUNT = 3;

    /**
     * What the server is told of this session. A transaction whose client says nothing for so long is rolled back, and its locks
     * are free; a client that is gone is noticed while a statement runs, by TCP's questions and where bytes are not taken.
     */
    static final String OPTIONS = "-c idle_in_transaction_session_timeout=15s -c client_connection_check_interval=5s"
            + " -c tcp_keepalives_idle=" + KEEP_ALIVE_IDLE_SECONDS
            + " -c tcp_keepalives_interval=" + KEEP_ALIVE_INTERVAL_SECONDS
            + " -c tcp_keepalives_count=" + KEEP_ALIVE_COUNT
            + " -c tcp_user_timeout=15s";

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = System.getLogger(BoundedDataSource.class.getName());
    private static final LimitedLog NO_THREADS = new LimitedLog();
    private static final AtomicBoolean POOLER_TOLD = new AtomicBoolean();
    private static final int MILLIS_PER_SECOND = 1000;

    private static final Map<PGProperty, String> DEFAULTS = Map.of(
            PGProperty.CONNECT_TIMEOUT, String.valueOf(CONNECT_SECONDS),
            PGProperty.SOCKET_TIMEOUT, String.valueOf(LOGIN_SECONDS),
            PGProperty.CANCEL_SIGNAL_TIMEOUT, String.valueOf(CONNECT_SECONDS),
            PGProperty.TCP_KEEP_ALIVE, "true",
            PGProperty.SOCKET_FACTORY, KeptAliveSockets.class.getName(),
            PGProperty.REWRITE_BATCHED_INSERTS, "true",
            PGProperty.APPLICATION_NAME, "framegate");

    /** What refuses {@code options}: a pooler, a server that lacks one of them, one that is something else than PostgreSQL. */
    private static final Set<String> REFUSED = Set.of(
            "08P01", // protocol violation: PgBouncer
            "0A000", // not supported
            "22023", // a value that is not possible there
            "42501", // not allowed
            "42704"); // an unknown name

    /** Connections made before it are not valid any more. Static, since only the pool has the instance, and hides it. */
    private static volatile long renewedNanos = System.nanoTime();

    // Set by the pool before the first connection, and never after.
    private String url = "";

    // Set by the pool before the first connection, and never after. Null where the password is in the settings.
    private @Nullable PasswordFile passwordFile;

    // Written by whoever connects; a wrong guess costs one more attempt.
    private volatile boolean withoutOptions;

    /** For the pool. */
    public BoundedDataSource() {}

    @Override
    public void setUrl(String url) {
        super.setUrl(url);
        this.url = url;
    }

    @Override
    public void setURL(String url) {
        setUrl(url);
    }

    /**
     * Has the password read for each connection, in place of the one that is set.
     *
     * @param path of a file with the password in its first line; empty for none
     */
    public void setPasswordFile(String path) {
        passwordFile = path.isBlank() ? null : new PasswordFile(path);
    }

    /** Where the password is read from; empty for nowhere. */
    public String getPasswordFile() {
        return passwordFile == null ? "" : passwordFile.path();
    }

    @Override
    public Connection getConnection() throws SQLException {
        return getConnection(getUser(), getPassword());
    }

    /**
     * Makes a connection.
     *
     * @throws SQLException if there is none: also for want of threads, which the driver may need for one
     */
    @Override
    public Connection getConnection(@Nullable String user, @Nullable String password) throws SQLException {
        try {
            String present = passwordFile == null ? password : passwordFile.read();
            return alive(connect(user, present), System.nanoTime());
        } catch (OutOfMemoryError e) {
            if (!isForWantOfThreads(e)) {
                throw e;
            }
            NO_THREADS.log(times -> LOG.log(
                    Level.ERROR,
                    "The system gives this process no more threads, so {0} connections to the database could not be made.",
                    String.valueOf(times)));
            throw new SQLTransientConnectionException("no thread can be made for a connection", "08001", e);
        }
    }

    /** Whether the system has refused a thread; the JDK tells it by these words only. */
    private static boolean isForWantOfThreads(OutOfMemoryError error) {
        return String.valueOf(error.getMessage()).contains("native thread");
    }

    /** From now on all connections there are count as lost when they are validated, so that others take their place. */
    static void renew() {
        renewedNanos = System.nanoTime();
    }

    private Connection connect(@Nullable String user, @Nullable String password) throws SQLException {
        if (!withoutOptions) {
            try {
                return connect(user, password, OPTIONS);
            } catch (SQLException e) {
                if (!REFUSED.contains(String.valueOf(e.getSQLState()))) {
                    throw e;
                }
            }
        }
        // It may have been refused for another reason; then it is again, and that is told.
        Connection connection = connect(user, password, "");
        if (!withoutOptions) {
            withoutOptions = true;
            LOG.log(
                    Level.WARNING,
                    "The database, or what stands before it, takes no options of a session: let it end transactions by itself"
                            + " whose client says nothing for 15 s (idle_transaction_timeout of PgBouncer,"
                            + " idle_in_transaction_session_timeout of the role).");
        }
        return connection;
    }

    private Connection connect(@Nullable String user, @Nullable String password, String options) throws SQLException {
        String target = url.isEmpty() ? getUrl() : url;
        Properties own = Objects.requireNonNullElseGet(Driver.parseURL(target, null), Properties::new);
        Properties parameters = new Properties();
        DEFAULTS.forEach((property, value) -> {
            // What a service file says would else be overridden.
            if (!isSet(own, property)) {
                parameters.setProperty(property.getName(), value);
            }
        });
        if (!options.isEmpty()) {
            // The last one counts, both of parameters in a URL and of names within the options.
            String all = options + " " + own.getProperty(PGProperty.OPTIONS.getName(), "");
            target += (target.indexOf('?') < 0 ? "?" : "&") + PGProperty.OPTIONS.getName() + "="
                    + URLEncoder.encode(all.strip(), StandardCharsets.UTF_8);
        }
        if (user != null) {
            parameters.setProperty(PGProperty.USER.getName(), user);
        }
        if (password != null) {
            parameters.setProperty(PGProperty.PASSWORD.getName(), password);
        }
        Connection connection = new Driver().connect(target, parameters);
        if (connection == null) {
            throw new SQLException("no URL of PostgreSQL", "08001");
        }
        try {
            loggedIn(connection, own);
            return connection;
        } catch (SQLException | RuntimeException | Error e) {
            connection.close();
            throw e;
        }
    }

    private static boolean isSet(Properties own, PGProperty property) {
        return own.getProperty(property.getName()) != null;
    }

    private static void loggedIn(Connection connection, Properties own) throws SQLException {
        PGConnection driver = connection.unwrap(PGConnection.class);
        if (!isSet(own, PGProperty.PREPARE_THRESHOLD) && isPooled(connection)) {
            driver.setPrepareThreshold(0);
            if (POOLER_TOLD.compareAndSet(false, true)) {
                LOG.log(
                        Level.INFO,
                        "A pooler such as PgBouncer stands before the database: statements are not kept there by name"
                                + " (prepareThreshold=0).");
            }
        }
        if (!isSet(own, PGProperty.SOCKET_TIMEOUT)) {
            connection.setNetworkTimeout(Runnable::run, ANSWER_SECONDS * MILLIS_PER_SECOND);
        }
    }

    /**
     * Whether a pooler stands between: then the process that answers is another than the one that the login was told of.
     *
     * @param connection of the driver, however wrapped
     */
    static boolean isPooled(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            return row.getInt(1) != connection.unwrap(PGConnection.class).getBackendPID();
        }
    }

    /** The same connection, which asks the server when a pool validates it. */
    private static Connection alive(Connection connection, long madeNanos) {
        return (Connection) Proxy.newProxyInstance(
                BoundedDataSource.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getMetaData" -> {
                        requireAlive(connection, madeNanos);
                        yield connection.getMetaData();
                    }
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> call(connection, method, arguments);
                });
    }

    private static void requireAlive(Connection connection, long madeNanos) throws SQLException {
        if (madeNanos - renewedNanos < 0 || !connection.isValid(VALIDATION_SECONDS)) {
            throw new SQLException("the connection is lost", "08006");
        }
    }

    private static Object call(Connection connection, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
