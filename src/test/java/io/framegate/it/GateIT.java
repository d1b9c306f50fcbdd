package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.guest.AddNoteRequest;
import io.framegate.guest.AddNoteResponse;
import io.framegate.guest.ContextRequest;
import io.framegate.guest.ContextResponse;
import io.framegate.guest.CountNotesRequest;
import io.framegate.guest.CountNotesResponse;
import io.framegate.guest.NoteWhereReadRequest;
import io.framegate.guest.ScopeRequest;
import io.framegate.guest.ScopeResponse;
import io.framegate.guest.TransactBatchRequest;
import io.framegate.guest.TransactInlineRequest;
import io.framegate.guest.TransactRequest;
import io.framegate.guest.TransactResponse;
import io.framegate.guest.TransactSelfRequest;
import io.framegate.guest.odd.ThrowRequest;
import io.framegate.guest.odd.ThrowResponse;
import io.framegate.message.Compression;
import io.framegate.message.ErrorResponse;
import io.framegate.message.ErrorResponseV2;
import io.framegate.message.Refusal;
import io.framegate.session.HelloRequest;
import io.framegate.session.HelloResponse;
import io.framegate.session.LoginRequest;
import io.framegate.session.LoginResponse;
import io.framegate.session.TokenLoginRequest;
import io.framegate.testkit.Frames;
import io.framegate.testkit.OddThrowables;
import io.framegate.testkit.RawClient;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The gate in its container: real frames, a real socket, workers with JPA and transactions. */
@ArquillianTest
class GateIT {

    private final Deployed deployed = new Deployed();

    @Deployment(testable = false)
    static WebArchive war() throws Exception {
        return Deployed.war()
                .addPackage(AddNoteRequest.class.getPackage())
                .addPackage(ThrowRequest.class.getPackage())
                .addClass(OddThrowables.class)
                .addClasses(OddThrowables.class.getDeclaredClasses())
                .addAsLibrary(ReadmeExample.jar());
    }

    @BeforeEach
    void awaitReady() throws Exception {
        deployed.awaitReady();
    }

    @Test
    void answersTheGoldenWelcome() throws Exception {
        try (RawClient client = deployed.connect()) {
            client.send(Frames.golden("welcome-request"));
            assertArrayEquals(Frames.golden("welcome-response"), client.receive());
            client.send(Frames.golden("welcome-request-lzma-end-marker"));
            assertArrayEquals(Frames.golden("welcome-response"), client.receive());
        }
    }

    @Test
    void commitsWhatAWorkerDoesInItsTransaction() throws Exception {
        String text = UUID.randomUUID().toString();
        try (RawClient client = deployed.connect()) {
            client.send(Frames.of(new AddNoteRequest(text, false)));
            assertTrue(client.receive(AddNoteResponse.class).id() > 0);
            client.send(Frames.of(new CountNotesRequest(text)));
            assertEquals(1, client.receive(CountNotesResponse.class).count());
        }
    }

    @Test
    void rollsBackAFailedWorker() throws Exception {
        String text = UUID.randomUUID().toString();
        try (RawClient client = deployed.connect()) {
            client.send(Frames.of(new AddNoteRequest("committed", false)));
            client.receive(AddNoteResponse.class);
            client.send(Frames.of(new AddNoteRequest(text, true)));
            String sentence = client.receive(ErrorResponse.class).text();
            assertTrue(sentence.startsWith("The server made a mistake on this AddNoteRequest"), sentence);
            client.send(Frames.of(new CountNotesRequest(text)));
            assertEquals(0, client.receive(CountNotesResponse.class).count());
        }
    }

    /** What fails must leave nothing, however it is stored. */
    @ParameterizedTest
    @ValueSource(strings = {"injected", "looked-up", "maps-pool", "both"})
    void jdbcIsInTheTransaction(String way) throws Exception {
        try (RawClient client = deployed.connect()) {
            client.send(Frames.of(new TransactRequest("", "table")));
            client.receive(TransactResponse.class);
            String text = UUID.randomUUID().toString();
            client.send(Frames.of(new TransactRequest(text, way)));
            client.receive(ErrorResponse.class);
            client.send(Frames.of(new TransactInlineRequest(text, way)));
            client.receive(ErrorResponse.class);
            client.send(Frames.of(new TransactSelfRequest(text)));
            client.receive(ErrorResponse.class);
            client.send(Frames.of(new TransactBatchRequest(text)));
            client.receive(ErrorResponse.class);
            client.send(Frames.of(new TransactRequest(text, "count")));
            assertEquals(0, client.receive(TransactResponse.class).rows());
            client.send(Frames.of(new TransactRequest(text, "commit")));
            assertEquals(2, client.receive(TransactResponse.class).rows());
            client.send(Frames.of(new TransactInlineRequest(text, "commit")));
            assertEquals(4, client.receive(TransactResponse.class).rows());
        }
    }

    @Test
    void anOpenTransactionIsRolledBack() throws Exception {
        String open = UUID.randomUUID().toString();
        String stored = UUID.randomUUID().toString();
        try (RawClient client = deployed.connect()) {
            client.send(Frames.of(new TransactRequest("", "table")));
            client.receive(TransactResponse.class);
            // So often that every thread has had one.
            for (int i = 0; i < 40; i++) {
                client.send(Frames.of(new TransactRequest(open, "open")));
                String sentence = client.receive(ErrorResponse.class).text();
                assertTrue(sentence.contains("transaction was not ended"), sentence);
                client.send(Frames.of(new TransactInlineRequest(open, "open")));
                client.receive(ErrorResponse.class);
            }
            for (int i = 0; i < 40; i++) {
                client.send(Frames.of(new TransactRequest(stored, i % 2 == 0 ? "plain" : "commit")));
                client.receive(TransactResponse.class);
            }
        }
        try (RawClient client = deployed.connect()) {
            client.send(Frames.of(new TransactRequest(open, "count")));
            assertEquals(0, client.receive(TransactResponse.class).rows());
            client.send(Frames.of(new TransactRequest(stored, "count")));
            assertEquals(60, client.receive(TransactResponse.class).rows());
        }
    }

    @Test
    void aTransactionsTimeLimitEndsWithItsRequest() throws Exception {
        String stored = UUID.randomUUID().toString();
        try (RawClient client = deployed.connect()) {
            client.send(Frames.of(new TransactRequest("", "table")));
            client.receive(TransactResponse.class);
            // So often that every thread has had one.
            for (int i = 0; i < 40; i++) {
                client.send(Frames.of(new TransactRequest("", "hurry")));
                client.receive(TransactResponse.class);
            }
            for (int i = 0; i < 10; i++) {
                client.send(Frames.of(new TransactRequest(stored, "slow")));
            }
            for (int i = 0; i < 10; i++) {
                client.receive(TransactResponse.class);
            }
            client.send(Frames.of(new TransactRequest(stored, "count")));
            assertEquals(10, client.receive(TransactResponse.class).rows());
        }
    }

    @Test
    void eachRequestHasItsOwnScopeAndIdentity() throws Exception {
        try (RawClient client = deployed.connect()) {
            String principal = "";
            int destroyed = -1;
            for (int i = 0; i < 40; i++) {
                client.send(Frames.of(new ScopeRequest("of " + i)));
                ScopeResponse scope = client.receive(ScopeResponse.class);
                assertEquals("", scope.before());
                assertEquals("of " + i, scope.after());
                assertEquals("welcome:1", scope.welcome());
                if (i > 0) {
                    assertEquals(destroyed + 1, scope.destroyed());
                    assertEquals(principal, scope.principal());
                }
                destroyed = scope.destroyed();
                principal = scope.principal();
            }
        }
    }

    /** Through the container's interceptors and into its log. */
    @Test
    void answersWhateverAWorkerThrows() throws Exception {
        double threads = metric("framegate_workers_running{");
        try (RawClient client = deployed.connect()) {
            for (int how = 0; how < OddThrowables.KINDS; how++) {
                client.send(Frames.of(new ThrowRequest(how)), Frames.of(new WelcomeRequest(how)));
                String sentence = client.receive(ErrorResponse.class).text();
                assertTrue(
                        sentence.startsWith("The server made a mistake on this ThrowRequest"), how + ": " + sentence);
                assertEquals(
                        "welcome:" + how, client.receive(WelcomeResponse.class).text());
            }
            client.send(Frames.of(new ThrowRequest(-1)));
            assertEquals(-1, client.receive(ThrowResponse.class).how());
        }
        assertEquals(threads, metric("framegate_workers_running{"));
    }

    @Test
    void checksLoginsByTheContainersIdentityStores() throws Exception {
        try (RawClient client = deployed.connect()) {
            client.send(Frames.of(new HelloRequest(1, "test", new int[] {1})));
            assertArrayEquals(new int[] {1}, client.receive(HelloResponse.class).features());
            client.send(Frames.of(new LoginRequest("admin", "a guess")));
            assertEquals(
                    Refusal.Code.UNAUTHENTICATED,
                    client.receive(ErrorResponseV2.class).code());
            client.send(Frames.of(new LoginRequest("admin", Deployed.ADMIN_PASSWORD)));
            LoginResponse known = client.receive(LoginResponse.class);
            assertEquals("admin", known.name());
            assertTrue(known.roles().stream().anyMatch(role -> role.contains("admin")), known.toString());
            client.send(Frames.of(new TokenLoginRequest("a.b.c")));
            assertEquals(
                    Refusal.Code.UNAVAILABLE,
                    client.receive(ErrorResponseV2.class).code());
        }
    }

    @Test
    void givesWorkersTheApplicationsContext() throws Exception {
        try (RawClient client = deployed.connect()) {
            client.send(Frames.of(new ContextRequest(true)));
            ContextResponse context = client.receive(ContextResponse.class);
            assertEquals("framegate", context.appName());
            assertTrue(context.transactions());
            assertTrue(context.classLoader());
            assertTrue(context.thread().contains("framegate"), context.thread());
        }
    }

    @Test
    void inlineWorkersHaveTheSameContext() throws Exception {
        String text = UUID.randomUUID().toString();
        try (RawClient client = deployed.connect()) {
            client.send(Frames.of(new NoteWhereReadRequest(text)));
            ContextResponse context = client.receive(ContextResponse.class);
            assertEquals("framegate", context.appName());
            assertTrue(context.transactions());
            assertTrue(context.classLoader());
            assertTrue(context.thread().contains("framegate-io"), context.thread());
            client.send(Frames.of(new CountNotesRequest(text)));
            assertEquals(1, client.receive(CountNotesResponse.class).count());
        }
    }

    @Test
    void answersThousandPipelinedRequestsInOrder() throws Exception {
        try (RawClient client = deployed.connect()) {
            byte[][] frames = new byte[1000][];
            for (int i = 0; i < frames.length; i++) {
                frames[i] = i % 10 == 3 ? Frames.of(new ContextRequest(true)) : Frames.of(new WelcomeRequest(i));
            }
            client.send(Frames.concat(frames));
            for (int i = 0; i < frames.length; i++) {
                if (i % 10 == 3) {
                    client.receive(ContextResponse.class);
                } else {
                    assertEquals(
                            "welcome:" + i,
                            client.receive(WelcomeResponse.class).text());
                }
            }
        }
    }

    @Test
    void answersUnknownIdsAndBrokenBodies() throws Exception {
        try (RawClient client = deployed.connect()) {
            client.send(Frames.frame(123401, (byte) 'N', (byte) 0));
            assertEquals(
                    "There is no message with the id 123401 here.",
                    client.receive(ErrorResponse.class).text());
            client.send(Frames.frame(100101, (byte) 'N', (byte) 0));
            assertTrue(client.receive(ErrorResponse.class).text().contains("field=WelcomeRequest.number offset=0"));
            client.send(Frames.frame(100101, (byte) 'Z', (byte) 4, (byte) 0, (byte) 0, (byte) 0, (byte) 1));
            assertTrue(client.receive(ErrorResponse.class).text().contains("zlib"));
            client.send(Frames.of(new WelcomeRequest(8), Compression.LZMA));
            assertEquals("welcome:8", client.receive(WelcomeResponse.class).text());
        }
    }

    @Test
    void runsTheExampleOfTheReadme() throws Exception {
        try (RawClient client = deployed.connect()) {
            client.send(shout("hey", 2));
            byte[] reply = client.receive();
            assertEquals(
                    550101,
                    ByteBuffer.wrap(reply).order(ByteOrder.LITTLE_ENDIAN).getInt());
            assertEquals("HEYHEY", new String(Arrays.copyOfRange(reply, 13, reply.length), StandardCharsets.UTF_16LE));
            client.send(shout("hey", 11));
            assertEquals(
                    "Shouting goes from 1 to 10 times.",
                    client.receive(ErrorResponse.class).text());
        }
    }

    private static byte[] shout(String text, int times) {
        byte[] units = text.getBytes(StandardCharsets.UTF_16LE);
        return ByteBuffer.allocate(8 + 1 + 4 + units.length + 4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(150101)
                .putInt(1 + 4 + units.length + 4)
                .put((byte) 'N')
                .putInt(text.length())
                .put(units)
                .putInt(times)
                .array();
    }

    @Test
    void publishesWhatItCounts() throws Exception {
        double before = metric("framegate_requests_received{message=\"WelcomeRequest\"");
        try (RawClient client = deployed.connect()) {
            client.send(Frames.of(new WelcomeRequest(1)), Frames.of(new WelcomeRequest(2)));
            client.receive(WelcomeResponse.class);
            client.receive(WelcomeResponse.class);
            assertEquals(before + 2, metric("framegate_requests_received{message=\"WelcomeRequest\""));
            assertTrue(metric("framegate_connections_open{") >= 1);
            assertTrue(metric(
                            "framegate_requests_time_seconds{message=\"WelcomeRequest\",mp_scope=\"application\",step=\"work\"")
                    > 0);
        }
        HttpResponse<String> page = deployed.get("admin/running-info");
        assertEquals(200, page.statusCode());
        assertTrue(page.body().contains("\"name\":\"WelcomeRequest\""), page.body());
        assertEquals(200, deployed.get("index.html").statusCode());
    }

    @Test
    void tellsItsProtocolWithThatOfItsGuests() throws Exception {
        HttpResponse<String> page = deployed.getAsNobody("protocol");
        assertEquals(200, page.statusCode());
        for (String word : List.of("WelcomeRequest", "100101", "AddNoteRequest", "DrainNotice")) {
            assertTrue(page.body().contains(word), word);
        }
        HttpResponse<String> python = deployed.getAsNobody("protocol/framegate.py");
        assertEquals(200, python.statusCode());
        assertTrue(python.body().contains("class AddNoteRequest:"), python.body());
        assertEquals(404, deployed.getAsNobody("protocol/nothing").statusCode());
    }

    private double metric(String start) throws Exception {
        String metrics = deployed.getFromRoot("metrics").body();
        Matcher line = Pattern.compile("^" + Pattern.quote(start) + ".*} (\\S+)$", Pattern.MULTILINE)
                .matcher(metrics);
        assertTrue(line.find(), () -> "no metric " + start);
        return Double.parseDouble(line.group(1));
    }

    @Test
    void isReadyWithItsPortAndItsDatabase() throws Exception {
        assertEquals("UP", deployed.readiness("framegate-listener").getString("status"));
        assertEquals("UP", deployed.readiness("framegate-database").getString("status"));
        assertEquals("UP", deployed.readiness("framegate-map").getString("status"));
    }
}
