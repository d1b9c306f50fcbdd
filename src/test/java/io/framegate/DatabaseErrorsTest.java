package io.framegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.ErrorResponse;
import io.framegate.message.Message;
import io.framegate.message.Restartable;
import io.framegate.message.Worker;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.TestDatabase;
import io.framegate.testkit.abuse.Canary;
import io.framegate.testkit.abuse.Scorecard;
import io.framegate.wire.FrameHeader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Statements that a real PostgreSQL turns down, and what the clients of their workers see. */
@Timeout(120)
class DatabaseErrorsTest {

    private static final int ACCOUNTS = 6;
    private static final int EACH = 1000;
    private static final int CLIENTS = 16;
    private static final int TRANSFERS = Scorecard.size(25, 150);

    @Message(191101)
    record TransferRequest(int from, int to, boolean serializable) {}

    @Message(591101)
    record TransferResponse(int left) {}

    /** Takes from one account and gives to another, in a transaction; so two of them may wait for each other. */
    @Restartable
    private static final class TransferWorker implements Worker<TransferRequest, TransferResponse> {

        private final AtomicInteger isSerializationFailure = new AtomicInteger();
        private final AtomicInteger begun = new AtomicInteger();
        private final DataSource pool;

        TransferWorker(DataSource pool) {
            this.pool = pool;
        }

        @Override
        public TransferResponse process(TransferRequest request) throws SQLException {
            begun.incrementAndGet();
            try (Connection connection = pool.getConnection()) {
                connection.setTransactionIsolation(
                        request.serializable()
                                ? Connection.TRANSACTION_SERIALIZABLE
                                : Connection.TRANSACTION_READ_COMMITTED);
                connection.setAutoCommit(false);
                try {
                    change(connection, request.from(), -1);
                    int left = change(connection, request.to(), 1);
                    connection.commit();
                    return new TransferResponse(left);
                } catch (SQLException e) {
                    connection.rollback();
                    if ("40P01".equals(e.getSQLState()) || "40001".equals(e.getSQLState())) {
                        isSerializationFailure.incrementAndGet();
                    }
                    throw e;
                } finally {
                    connection.setAutoCommit(true);
                }
            }
        }

        private static int change(Connection connection, int account, int by) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(
                    "update account set amount = amount + ? where id = ? returning amount")) {
                statement.setInt(1, by);
                statement.setInt(2, account);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return row.getInt(1);
                }
            }
        }
    }

    @Message(191201)
    record BookRequest(int id, int account) {}

    @Message(591201)
    record BookResponse(int id) {}

    private static final class BookWorker implements Worker<BookRequest, BookResponse> {

        private final DataSource pool;

        BookWorker(DataSource pool) {
            this.pool = pool;
        }

        @Override
        public BookResponse process(BookRequest request) throws SQLException {
            try (Connection connection = pool.getConnection();
                    PreparedStatement statement =
                            connection.prepareStatement("insert into booking (id, account) values (?, ?)")) {
                statement.setInt(1, request.id());
                statement.setInt(2, request.account());
                statement.executeUpdate();
                return new BookResponse(request.id());
            }
        }
    }

    private final TestDatabase database = TestDatabase.create();

    @BeforeEach
    void makeTables() throws SQLException {
        execute("create table account (id integer primary key, amount integer not null)");
        execute("create table booking (id integer primary key, account integer not null references account)");
        execute("insert into account select id, " + EACH + " from generate_series(1, " + ACCOUNTS + ") id");
        // Else each deadlock is looked for only after a second.
        execute("alter role " + TestDatabase.USER + " in database " + name() + " set deadlock_timeout = '10ms'");
    }

    private String name() {
        return database.url().substring(database.url().lastIndexOf('/') + 1);
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private long number(String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Test
    void retriesSerializationFailuresThenRefuses() throws Exception {
        TransferWorker worker = new TransferWorker(database.pooled());
        try (Gate gate = Gate.builder()
                        .threads(CLIENTS)
                        .worker(TransferRequest.class, TransferResponse.class, worker)
                        .start();
                Canary canary = new Canary(gate)) {
            AtomicInteger done = new AtomicInteger();
            AtomicInteger busy = new AtomicInteger();
            List<CompletableFuture<Void>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Random random = new Random(i);
                clients.add(run(() -> {
                    try (RawClient client = gate.connect()) {
                        for (int n = 0; n < TRANSFERS; n++) {
                            int from = 1 + random.nextInt(ACCOUNTS);
                            int to = 1 + (from + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
                            client.send(Frames.of(new TransferRequest(from, to, n % 2 == 0)));
                            byte[] reply = client.receive();
                            if (FrameHeader.id(reply, 0) == 591101) {
                                done.incrementAndGet();
                            } else {
                                String sentence = Frames.message(reply, ErrorResponse.class)
                                        .text();
                                assertTrue(sentence.startsWith("Others are changing"), sentence);
                                busy.incrementAndGet();
                            }
                        }
                    }
                }));
            }
            for (CompletableFuture<Void> client : clients) {
                client.get();
            }
            assertEquals((long) ACCOUNTS * EACH, number("select sum(amount) from account"));
            assertEquals(CLIENTS * TRANSFERS, done.get() + busy.get());
            assertTrue(
                    worker.isSerializationFailure.get() > CLIENTS,
                    () -> worker.isSerializationFailure + " transactions gave way");
            assertEquals(
                    done.get() + worker.isSerializationFailure.get(),
                    worker.begun.get(),
                    "each that gave way was rolled back");
            Scorecard.row(
                    25,
                    "deadlocks and serialization failures: the whole transaction is done again, at most three times",
                    "%,d transfers between %d accounts by %d clients: %,d transactions gave way; %,d transfers answered by a"
                            + " result, %,d as busy, none otherwise; the sum is as before; canary p99 %d ms",
                    CLIENTS * TRANSFERS,
                    ACCOUNTS,
                    CLIENTS,
                    worker.isSerializationFailure.get(),
                    done.get(),
                    busy.get(),
                    canary.p99Millis());
        }
    }

    @Test
    void violatedConstraintsTellNoSql() throws Exception {
        int times = Scorecard.size(20, 200);
        try (Gate gate = Gate.builder()
                        .worker(BookRequest.class, BookResponse.class, new BookWorker(database.pooled()))
                        .start();
                Canary canary = new Canary(gate);
                RawClient client = gate.connect()) {
            for (int i = 1; i <= times; i++) {
                client.send(Frames.of(new BookRequest(i, 1)));
                assertEquals(i, client.receive(BookResponse.class).id());
                client.send(Frames.of(new BookRequest(i, 1)), Frames.of(new BookRequest(-i, ACCOUNTS + 1)));
                for (int refused = 0; refused < 2; refused++) {
                    assertEquals(
                            "What this BookRequest asks for contradicts what the database holds already.",
                            client.receive(ErrorResponse.class).text());
                }
            }
            assertEquals(times, number("select count(*) from booking"));
            Scorecard.row(
                    26,
                    "a key that is there already, one that points to nothing: an error without SQL in its place, the connection goes on",
                    "%,d of each on one connection, each answered in its place; canary p99 %d ms",
                    times,
                    canary.p99Millis());
        }
    }

    /** Work that may fail. */
    @FunctionalInterface
    private interface Part {
        void run() throws Exception;
    }

    private static CompletableFuture<Void> run(Part part) {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        part.run();
                        ended.complete(null);
                    } catch (Throwable e) {
                        ended.completeExceptionally(e);
                    }
                })
                .start();
        return ended;
    }
}
