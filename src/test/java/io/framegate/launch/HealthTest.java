package io.framegate.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HealthTest {

    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void readsTheChecksOfAServerThatIsReady() {
        answer(
                200,
                """
                {"status":"UP","checks":[
                  {"name":"framegate-listener","status":"UP","data":{"address":"127.0.0.1","port":7400}},
                  {"name":"framegate-database","status":"UP"}]}""");
        Health health = ask().orElseThrow();
        assertTrue(health.up());
        assertEquals(
                "7400", health.check("framegate-listener").orElseThrow().data().get("port"));
        assertTrue(health.check("framegate-database").isPresent());
        assertEquals("", health.failures());
    }

    @Test
    void reportsFailedChecks() {
        answer(
                503,
                """
                {"status":"DOWN","checks":[
                  {"name":"framegate-listener","status":"UP"},
                  {"name":"framegate-map","status":"DOWN","data":{"state":"loading"}}]}""");
        Health health = ask().orElseThrow();
        assertFalse(health.up());
        assertEquals("framegate-map is down (state: loading)", health.failures());
        assertEquals(Optional.empty(), health.failedForGood());
    }

    @Test
    void noticesThatWaitingWillNotHelp() {
        answer(
                503,
                """
                {"status":"DOWN","checks":[
                  {"name":"framegate-map","status":"DOWN","data":{"state":"failed","detail":"The file is broken."}}]}""");
        assertEquals(Optional.of("The file is broken."), ask().orElseThrow().failedForGood());
    }

    @Test
    void seesNoChecksWhereNothingIsDeployed() {
        answer(200, "{\"status\":\"UP\",\"checks\":[]}");
        assertEquals(Optional.empty(), ask().orElseThrow().check("framegate-listener"));
    }

    @Test
    void seesNoChecksInAnAnswerWithoutThem() {
        answer(200, "{\"status\":\"UP\"}");
        assertEquals("", ask().orElseThrow().failures());
    }

    @Test
    void ignoresForeignAnswers() {
        answer(404, "<html>not here</html>");
        assertEquals(Optional.empty(), ask());
    }

    @Test
    void hasNoAnswerWhileNobodyListens() {
        URI gone = uri();
        server.stop(0);
        assertEquals(Optional.empty(), Health.ask(gone));
    }

    private Optional<Health> ask() {
        return Health.ask(uri());
    }

    private URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/health/ready");
    }

    private void answer(int status, String content) {
        server.createContext("/health/ready", exchange -> {
            byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            try (var out = exchange.getResponseBody()) {
                out.write(bytes);
            }
        });
    }
}
