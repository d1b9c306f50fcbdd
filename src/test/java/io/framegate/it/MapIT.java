package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.client.FramegateClient;
import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.Link;
import io.framegate.map.message.Links;
import io.framegate.map.message.LoadLinksByArea;
import io.framegate.map.message.LoadLinksByMapId;
import io.framegate.map.message.LoadNodesByArea;
import io.framegate.map.message.LoadNodesByMapId;
import io.framegate.map.message.LoadPolygonsByArea;
import io.framegate.map.message.LoadPolygonsByMapId;
import io.framegate.map.message.LoadPolylinesByArea;
import io.framegate.map.message.LoadPolylinesByMapId;
import io.framegate.map.message.Node;
import io.framegate.map.message.Nodes;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygons;
import io.framegate.map.message.Polylines;
import io.framegate.map.message.Sheet;
import io.framegate.message.ErrorResponse;
import io.framegate.testkit.Frames;
import io.framegate.testkit.RawClient;
import io.framegate.wire.FrameHeader;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The WAR exactly as it ships, with the map of Liechtenstein loaded at its start. */
@ArquillianTest
class MapIT {

    private static final Area AREA = new Area(Ellipsoid.WGS84, Area.EVERYTHING, 9.50, 47.10, 9.55, 47.18);
    private static final String SHEET = "N47E00915";

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
    void answersLinksAndNodesOfAnArea() throws Exception {
        try (FramegateClient client = client()) {
            List<Link> links = client.send(new LoadLinksByArea(AREA), Links.class)
                    .join()
                    .links()
                    .toList();
            assertTrue(links.size() > 3000, () -> links.size() + " links");
            for (Link link : links) {
                int[] points = Points.absolute(link.points());
                assertTrue(touches(points), () -> "link " + link.id() + " is elsewhere");
            }
            List<Node> nodes = client.send(new LoadNodesByArea(AREA), Nodes.class)
                    .join()
                    .nodes()
                    .toList();
            Set<Long> linkIds = links.stream().map(Link::id).collect(Collectors.toSet());
            for (Node node : nodes) {
                assertTrue(linkIds.containsAll(node.links()), () -> "node " + node.id() + " joins links not answered");
            }
        }
    }

    private static boolean touches(int[] points) {
        int west = Integer.MAX_VALUE;
        int east = Integer.MIN_VALUE;
        int south = Integer.MAX_VALUE;
        int north = Integer.MIN_VALUE;
        for (int i = 0; i < points.length; i += 2) {
            west = Math.min(west, points[i]);
            east = Math.max(east, points[i]);
            south = Math.min(south, points[i + 1]);
            north = Math.max(north, points[i + 1]);
        }
        return west <= Points.units(AREA.east())
                && east >= Points.units(AREA.west())
                && south <= Points.units(AREA.north())
                && north >= Points.units(AREA.south());
    }

    @Test
    void answersEveryKindByAreaAndBySheet() throws Exception {
        JsonObject loaded = deployed.readiness("framegate-map").getJsonObject("data");
        Area world = new Area(Ellipsoid.GRS80, Area.EVERYTHING, -180, -90, 180, 90);
        Sheet sheet = new Sheet(Area.EVERYTHING, SHEET);
        try (FramegateClient client = client()) {
            int links = client.send(new LoadLinksByArea(world), Links.class)
                    .join()
                    .links()
                    .size();
            int nodes = client.send(new LoadNodesByArea(world), Nodes.class)
                    .join()
                    .nodes()
                    .size();
            int polygons = client.send(new LoadPolygonsByArea(world), Polygons.class)
                    .join()
                    .polygons()
                    .size();
            int polylines = client.send(new LoadPolylinesByArea(world), Polylines.class)
                    .join()
                    .polylines()
                    .size();
            assertEquals(loaded.getString("links"), String.valueOf(links));
            assertEquals(loaded.getString("nodes"), String.valueOf(nodes));
            assertEquals(loaded.getString("polygons"), String.valueOf(polygons));
            assertEquals(loaded.getString("polylines"), String.valueOf(polylines));
            int onSheet = client.send(new LoadLinksByMapId(sheet), Links.class)
                    .join()
                    .links()
                    .size();
            assertTrue(onSheet > links / 2 && onSheet <= links, () -> onSheet + " of " + links);
            assertTrue(client.send(new LoadNodesByMapId(sheet), Nodes.class)
                            .join()
                            .nodes()
                            .size()
                    > nodes / 2);
            assertTrue(client.send(new LoadPolygonsByMapId(sheet), Polygons.class)
                            .join()
                            .polygons()
                            .size()
                    > polygons / 2);
            assertTrue(client.send(new LoadPolylinesByMapId(sheet), Polylines.class)
                            .join()
                            .polylines()
                            .size()
                    > polylines / 2);
        }
    }

    @Test
    void compressesLargeAnswersAndAnswersEmptyAreas() throws Exception {
        try (RawClient client = deployed.connect()) {
            client.send(Frames.of(new LoadLinksByArea(AREA)));
            assertEquals('Z', client.receive()[FrameHeader.BYTES]);
            client.send(Frames.of(new LoadLinksByArea(new Area(Ellipsoid.WGS84, 0, 0, 0, 1, 1))));
            assertEquals(0, client.receive(Links.class).links().size());
            client.send(Frames.of(new LoadLinksByMapId(new Sheet(0, "N47' or true --"))));
            String sentence = client.receive(ErrorResponse.class).text();
            assertTrue(sentence.startsWith("There is no map sheet"), sentence);
        }
    }

    private FramegateClient client() throws Exception {
        JsonObject data = deployed.readiness("framegate-listener").getJsonObject("data");
        return FramegateClient.builder()
                .host(data.getString("address"))
                .port(Integer.parseInt(data.getString("port")))
                .build();
    }
}
