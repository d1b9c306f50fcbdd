package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.framegate.client.FramegateClient;
import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.Height3DInfo;
import io.framegate.map.message.Height3DInfos;
import io.framegate.map.message.LineKind;
import io.framegate.map.message.Link;
import io.framegate.map.message.Links;
import io.framegate.map.message.LoadHeight3DInfosByArea;
import io.framegate.map.message.LoadLinksByArea;
import io.framegate.map.message.LoadPolygon3DInfosByArea;
import io.framegate.map.message.LoadPolygonsByArea;
import io.framegate.map.message.LoadPolylinesByArea;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polygon3DInfo;
import io.framegate.map.message.Polygon3DInfos;
import io.framegate.map.message.PolygonKind;
import io.framegate.map.message.Polygons;
import io.framegate.map.message.Polyline;
import io.framegate.map.message.Polylines;
import io.framegate.testkit.Frames;
import io.framegate.testkit.RawClient;
import io.framegate.wire.Envelope;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.awt.image.BufferedImage;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
    void passesOnTheAnswerByteForByte() throws Exception {
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

    @Test
    void showsTheRecordOfWhatIsClicked(@TempDir Path profile) throws Exception {
        assumeTrue(Browser.isInstalled(), "there is no Chromium on this machine, so nobody clicks on the map page");
        List<Link> links;
        List<Polyline> polylines;
        List<Polygon> polygons;
        Map<Long, Polygon3DInfo> heights;
        Set<Long> linksWithHeights;
        try (FramegateClient client = deployed.client()) {
            Area area = new Area(Ellipsoid.WGS84, Area.EVERYTHING, 9.51, 47.13, 9.53, 47.15);
            links = client.send(new LoadLinksByArea(area), Links.class)
                    .join()
                    .links()
                    .toList();
            polylines = client.send(new LoadPolylinesByArea(area), Polylines.class)
                    .join()
                    .polylines()
                    .toList();
            polygons = client.send(new LoadPolygonsByArea(area), Polygons.class)
                    .join()
                    .polygons()
                    .toList();
            heights =
                    client
                            .send(new LoadPolygon3DInfosByArea(area), Polygon3DInfos.class)
                            .join()
                            .polygon3DInfos()
                            .toList()
                            .stream()
                            .collect(Collectors.toMap(Polygon3DInfo::id, Function.identity()));
            linksWithHeights =
                    client
                            .send(new LoadHeight3DInfosByArea(area), Height3DInfos.class)
                            .join()
                            .height3DInfos()
                            .toList()
                            .stream()
                            .filter(each -> each.kind() == LineKind.LINK)
                            .map(Height3DInfo::id)
                            .collect(Collectors.toSet());
        }
        Stream.Builder<int[]> lines = Stream.builder();
        links.forEach(link -> lines.add(Points.absolute(link.points())));
        polylines.forEach(line -> lines.add(Points.absolute(line.points())));
        List<int[]> all = lines.build().toList();
        Link link = links.stream()
                .filter(each -> !each.name().isEmpty() && each.speedKmh() > 0 && each.points().length >= 6)
                .filter(each -> linksWithHeights.contains(each.id()))
                .filter(each -> isAlone(Points.absolute(each.points()), 2, all))
                .findFirst()
                .orElseThrow();
        int[] bend = Points.absolute(link.points());
        Polygon building = polygons.stream()
                .filter(each -> each.kind() == PolygonKind.BUILDING && heights.containsKey(each.id()))
                .filter(each -> each.rings().size() == 1 && each.rings().get(0).points().length == 8)
                .filter(each -> isAlone(middle(each), 0, all))
                .findFirst()
                .orElseThrow();

        try (Browser browser = new Browser(profile.resolve("profile"))) {
            open(browser, bend[2], bend[3]);
            browser.click(500, 350);
            browser.await("!document.getElementById('record').hidden");
            assertEquals(link.name(), browser.evaluate("document.getElementById('record-title').textContent"));
            assertEquals("Link", field(browser, "record"));
            assertEquals(String.valueOf(link.id()), field(browser, "id"));
            assertEquals(String.valueOf(link.fromNode()), field(browser, "fromNode"));
            assertEquals(link.speedKmh() + " km/h", field(browser, "speedKmh"));
            assertTrue(field(browser, "points").startsWith(bend.length / 2 + " points, from "));
            browser.await("[...document.querySelectorAll('#fields dt')].some(dt => dt.textContent === 'above ground')");

            int[] inside = middle(building);
            open(browser, inside[0], inside[1]);
            browser.click(500, 350);
            browser.await("!document.getElementById('record').hidden");
            assertEquals("Polygon", field(browser, "record"));
            assertEquals(String.valueOf(building.id()), field(browser, "id"));
            browser.await("[...document.querySelectorAll('#fields dt')].some(dt => dt.textContent === 'height')");
            assertTrue(field(browser, "height").matches("[\\d.]+ m, (measured|3 m a storey|assumed)"));
            browser.evaluate("document.getElementById('close').click()");
            assertEquals("true", browser.evaluate("document.getElementById('record').hidden"));
            assertEquals(List.of(), browser.exceptions());
        }
    }

    @Test
    void fitsOnAPhone(@TempDir Path profile) throws Exception {
        assumeTrue(Browser.isInstalled(), "there is no Chromium on this machine, so nobody looks at the map page");
        try (Browser browser = new Browser(profile.resolve("profile"))) {
            for (boolean dark : new boolean[] {false, true}) {
                browser.open(deployed.url("map/?" + dark + "#16/47.1405/9.5220"), 390, 844, dark);
                browser.await("document.body.dataset.state === 'drawn' && location.search === '?" + dark + "'");
                assertEquals("390", browser.evaluate("document.documentElement.scrollWidth"));
                Files.write(Path.of("target", dark ? "map-phone-dark.png" : "map-phone.png"), browser.screenshot());
            }
            assertEquals(List.of(), browser.exceptions());
        }
    }

    /** The page with a place in the middle, as near as it goes. */
    private void open(Browser browser, int longitudeE7, int latitudeE7) throws Exception {
        browser.open(URI.create("about:blank"), 1000, 700, false);
        browser.open(
                deployed.url("map/#19/" + Points.degrees(latitudeE7) + "/" + Points.degrees(longitudeE7)),
                1000,
                700,
                false);
        browser.await("document.body.dataset.state === 'drawn'");
    }

    private static String field(Browser browser, String name) throws Exception {
        return browser.evaluate("[...document.querySelectorAll('#fields dt')].find(dt => dt.textContent === '" + name
                + "').nextElementSibling.textContent");
    }

    /** The middle of a building with four corners. */
    private static int[] middle(Polygon building) {
        int[] corners = Points.absolute(building.rings().get(0).points());
        return new int[] {
            (int) (((long) corners[0] + corners[2] + corners[4] + corners[6]) / 4),
            (int) (((long) corners[1] + corners[3] + corners[5] + corners[7]) / 4)
        };
    }

    /** Whether a point of a line has no point of any other line near it, about 15 m: a click there means this one. */
    private static boolean isAlone(int[] line, int at, List<int[]> others) {
        int near = 2000;
        return others.stream().filter(other -> !Arrays.equals(other, line)).noneMatch(other -> {
            for (int i = 0; i < other.length; i += 2) {
                if (Math.abs(other[i] - line[at]) < near && Math.abs(other[i + 1] - line[at + 1]) < near) {
                    return true;
                }
            }
            return false;
        });
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
