package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.LoadLinksByArea;
import io.framegate.testkit.Frames;
import io.framegate.testkit.RawClient;
import io.framegate.wire.Envelope;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.awt.image.BufferedImage;
import java.io.StringReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page at {@code /map} and what is behind it, in the container. */
@ArquillianTest
class MapPageIT {

    private static final long BROWSER_SECONDS = 90;

    private final Deployed deployed = new Deployed();

    @Deployment(testable = false)
    static WebArchive war() {
        return Deployed.war();
    }

    @BeforeEach
    void awaitReady() throws Exception {
        deployed.awaitReady();
    }

    @Test
    void handsOnWhatTheTcpPortAnswersByteForByte() throws Exception {
        byte[] frame;
        try (RawClient client = deployed.connect()) {
            client.send(Frames.of(new LoadLinksByArea(new Area(Ellipsoid.WGS84, 14, 9.50, 47.10, 9.55, 47.18))));
            frame = client.receive();
        }
        HttpResponse<byte[]> response =
                deployed.getBytes("admin/map/features/links?area=9.50,47.10,9.55,47.18&level=14");
        assertEquals(200, response.statusCode());
        assertEquals("500501", header(response, "Framegate-Message-Id"));
        assertEquals(String.valueOf(frame.length), header(response, "Framegate-Frame-Bytes"));
        assertTrue(Long.parseLong(header(response, "Framegate-Answer-Micros")) > 0);
        try (Envelope envelope = new Envelope(response.body().length, 1)) {
            Envelope.Payload payload = envelope.open(frame, 8, frame.length - 8);
            assertArrayEquals(
                    Arrays.copyOfRange(payload.bytes(), payload.offset(), payload.offset() + payload.length()),
                    response.body());
        }
    }

    @Test
    void handsOnTurnRulesAndHeightsToo() throws Exception {
        for (Map.Entry<String, String> each : Map.of("turns", "500701", "buildings3d", "500801", "heights", "500901")
                .entrySet()) {
            HttpResponse<byte[]> response =
                    deployed.getBytes("admin/map/features/" + each.getKey() + "?area=9.50,47.10,9.55,47.18&level=0");
            assertEquals(200, response.statusCode());
            assertEquals(each.getValue(), header(response, "Framegate-Message-Id"));
            assertTrue(response.body().length > 500, each + ": " + response.body().length + " bytes");
        }
    }

    @Test
    void saysInASentenceWhatCannotBeAsked() throws Exception {
        for (String wrong : List.of(
                "links?area=9.5,47.1,9.6",
                "links?area=9.5,47.1,9.6,north",
                "links?area=9.6,47.1,9.5,47.2",
                "links?area=9.5,47.1,9.6,47.2&level=21",
                "links",
                "bridges?area=9.5,47.1,9.6,47.2")) {
            HttpResponse<String> response = deployed.get("admin/map/features/" + wrong);
            assertEquals(400, response.statusCode(), wrong);
            assertTrue(response.body().endsWith("."), response.body());
        }
    }

    @Test
    void tellsWhereTheServedDataSetLies() throws Exception {
        JsonObject served = served();
        assertEquals("© OpenStreetMap contributors, ODbL 1.0", served.getString("attribution"));
        assertTrue(served.getInt("links") > 11_000);
        JsonObject extent = served.getJsonObject("extent");
        assertEquals(9.47, extent.getJsonNumber("west").doubleValue(), 0.01);
        assertEquals(47.05, extent.getJsonNumber("south").doubleValue(), 0.01);
        assertEquals(9.64, extent.getJsonNumber("east").doubleValue(), 0.01);
        assertEquals(47.28, extent.getJsonNumber("north").doubleValue(), 0.01);
    }

    @Test
    void drawsInABrowser(@TempDir Path profile) throws Exception {
        Optional<Path> chromium = Stream.of("chromium", "chromium-browser", "google-chrome")
                .map(name -> Path.of("/usr/bin", name))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(chromium.isPresent(), "there is no Chromium in /usr/bin, so nobody looks at the map page");
        String address = deployed.url("map/#15/47.1405/9.5220").toString();
        Path dom = profile.resolve("dom.html");
        browse(chromium.get(), profile, dom, "--dump-dom", address);
        String page = Files.readString(dom, StandardCharsets.UTF_8);
        assertTrue(page.contains("data-state=\"drawn\""), page);
        assertTrue(number(page, "data-visible=\"(\\d+)\"") > 500, page);
        for (String kind : List.of("polygons", "polylines", "links", "nodes")) {
            assertTrue(number(page, "id=\"" + kind + "-count\">([\\d,]+)<") > 10, page);
        }
        assertTrue(number(page, "id=\"turns-count\">([\\d,]+)<") >= 1, page);
        assertTrue(page.contains("© OpenStreetMap contributors, ODbL 1.0"), page);

        Path picture = profile.resolve("map.png");
        browse(chromium.get(), profile, profile.resolve("out"), "--screenshot=" + picture, address);
        assertTrue(colours(ImageIO.read(picture.toFile())) > 200, "the canvas is an empty sheet");
    }

    private JsonObject served() throws Exception {
        try (JsonReader reader = Json.createReader(
                new StringReader(deployed.get("admin/map/data-sets").body()))) {
            return reader.readObject().getJsonArray("dataSets").getValuesAs(JsonObject.class).stream()
                    .filter(each -> each.getBoolean("served"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** How many colours there are where neither card nor buttons are. */
    private static long colours(BufferedImage picture) {
        return Arrays.stream(picture.getRGB(500, 100, 400, 400, null, 0, 400))
                .distinct()
                .count();
    }

    private static void browse(Path chromium, Path profile, Path out, String... what) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                chromium.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + profile.resolve("profile"),
                "--window-size=1000,700",
                "--virtual-time-budget=15000"));
        command.addAll(List.of(what));
        Process browser = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertTrue(
                    browser.waitFor(BROWSER_SECONDS, TimeUnit.SECONDS),
                    "Chromium has not ended within " + BROWSER_SECONDS + " s");
        } finally {
            browser.descendants().forEach(ProcessHandle::destroyForcibly);
            browser.destroyForcibly().waitFor();
        }
    }

    private static int number(String page, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(page);
        assertTrue(matcher.find(), () -> "no " + pattern + " in " + page);
        return Integer.parseInt(matcher.group(1).replace(",", ""));
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElseThrow(() -> new AssertionError("no header " + name));
    }
}
