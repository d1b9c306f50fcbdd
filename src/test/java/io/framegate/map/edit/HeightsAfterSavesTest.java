package io.framegate.map.edit;

import static io.framegate.map.edit.EditedMap.deletion;
import static io.framegate.map.edit.EditedMap.link;
import static io.framegate.map.edit.EditedMap.links;
import static io.framegate.map.edit.EditedMap.node;
import static io.framegate.map.edit.EditedMap.polygons;
import static io.framegate.map.edit.EditedMap.polyline;
import static io.framegate.map.edit.EditedMap.polylines;
import static io.framegate.map.edit.EditedMap.roads;
import static io.framegate.map.edit.EditedMap.square;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.framegate.map.message.Deletion;
import io.framegate.map.message.ElementKind;
import io.framegate.map.message.Height3DInfo;
import io.framegate.map.message.HeightOrigin;
import io.framegate.map.message.LevelOrigin;
import io.framegate.map.message.LineKind;
import io.framegate.map.message.Link;
import io.framegate.map.message.Node;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polygon3DInfo;
import io.framegate.map.message.PolygonKind;
import io.framegate.map.message.Polyline;
import io.framegate.map.message.RoofShape;
import io.framegate.map.message.SaveResult;
import io.framegate.map.message.SaveResult.Outcome;
import io.framegate.map.message.SaveResult.Saved;
import io.framegate.map.store.MapPersistenceFixture;
import io.framegate.map.store.StoredHeight3D;
import io.framegate.map.store.StoredPolygon3D;
import jakarta.persistence.EntityManager;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a save leaves of the heights that a load has derived. */
class HeightsAfterSavesTest {

    private EditedMap map;
    private long house;
    private long rail;
    private Node a;
    private Node b;
    private Link ab;

    @BeforeEach
    void makeHouseAndBridges() throws Exception {
        map = new EditedMap();
        house = map.save(polygons(square(0, 0, 4, 4, "house"))).saved().get(0).id();
        rail = map.save(polylines(polyline(0, 0, 6, 6, "rail"))).saved().get(0).id();
        Node newA = node(-1, 0, 0, 0);
        Node newB = node(-2, 0, 1, 0);
        List<Saved> saved = map.save(roads(List.of(link(0, 0, newA, newB, "ab")), List.of(newA, newB)))
                .saved();
        ab = link(saved.get(0).id(), 1, newA, newB, "ab");
        a = node(saved.get(1).id(), 1, 0, 0);
        b = node(saved.get(2).id(), 1, 1, 0);
        ab = link(ab.id(), 1, a, b, "ab");
        load(new Polygon3DInfo(
                house,
                1,
                false,
                12,
                HeightOrigin.MEASURED,
                0,
                HeightOrigin.DEFAULT,
                (short) 4,
                (short) 0,
                RoofShape.FLAT,
                0,
                HeightOrigin.DEFAULT,
                (short) 0,
                (byte) 14));
        load(heights(rail, LineKind.POLYLINE, 8, 500, new int[0]));
        load(heights(ab.id(), LineKind.LINK, 12, 500, new int[] {45_000, 45_100}));
    }

    @AfterEach
    void leaveMapRight() {
        map.assertRight();
        MapPersistenceFixture.close(map.persistence);
    }

    @Test
    void takesHeightsAwayWithTheirFeatures() {
        assertSaved(map.save(deletion(
                new Deletion(ElementKind.POLYGON, house, 1),
                new Deletion(ElementKind.POLYLINE, rail, 1),
                new Deletion(ElementKind.LINK, ab.id(), 1))));
        assertEquals(0, map.number("select count(*) from map.polygon_3d"));
        assertEquals(0, map.number("select count(*) from map.height_3d"));
    }

    @Test
    void keepsAHousesHeightsWhereverItsWallsAre() {
        Polygon moved = square(house, 1, 7, 7, "moved");
        assertSaved(map.save(polygons(moved)));
        assertEquals(1, polygon3D().version());
        assertEquals(
                1,
                map.number("select count(*) from map.polygon_3d h join map.polygon p using (data_set, id)"
                        + " where h.bbox ~= p.bbox"));
        assertSaved(map.save(
                polygons(new Polygon(house, 2, PolygonKind.BUILDING, (byte) 0, (byte) 16, "moved", moved.rings()))));
        assertEquals(2, polygon3D().version());
        assertEquals(16, polygon3D().minZoom());
        assertEquals(12, polygon3D().heightM());
        assertEquals(16, map.number("select min_zoom from map.polygon_3d"));
    }

    @Test
    void formerBuildingsLoseTheirHeights() {
        Polygon was = square(house, 1, 4, 4, "");
        assertSaved(
                map.save(polygons(new Polygon(house, 1, PolygonKind.PARK, (byte) 0, (byte) 14, "park", was.rings()))));
        assertEquals(0, map.number("select count(*) from map.polygon_3d"));
    }

    @Test
    void unmovedLinesKeepTheirHeights() {
        assertSaved(map.save(links(link(ab.id(), 1, a, b, "High Bridge"))));
        Height3DInfo kept = height3D(LineKind.LINK);
        assertEquals(1, kept.version());
        assertArrayEquals(new int[] {45_000, 45_100}, kept.elevationsCm());
    }

    @Test
    void movedLinesLoseElevationsOnly() {
        Node moved = node(b.id(), 1, 1, 3);
        assertSaved(map.save(roads(List.of(link(ab.id(), 1, a, moved, "ab")), List.of(moved))));
        Height3DInfo kept = height3D(LineKind.LINK);
        assertEquals(2, kept.version());
        assertArrayEquals(new int[] {500, 500}, kept.heightsCm());
        assertArrayEquals(new int[0], kept.elevationsCm());
        assertEquals(
                1,
                map.number("select count(*) from map.height_3d h join map.link l using (data_set, id)"
                        + " where h.bbox ~= l.bbox"));
    }

    @Test
    void reshapedLinesLoseTheirHeights() {
        Link longer = new Link(
                ab.id(),
                1,
                a.id(),
                b.id(),
                ab.roadClass(),
                ab.direction(),
                ab.lanes(),
                ab.speedKmh(),
                ab.layer(),
                ab.minZoom(),
                "",
                Points.differences(new int[] {
                    a.longitudeE7(),
                    a.latitudeE7(),
                    a.longitudeE7(),
                    b.latitudeE7() + 9,
                    b.longitudeE7(),
                    b.latitudeE7()
                }));
        assertSaved(map.save(links(longer)));
        Polyline was = polyline(rail, 1, 6, 6, "");
        assertSaved(map.save(polylines(new Polyline(rail, 1, was.kind(), (byte) 1, was.minZoom(), "", was.points()))));
        assertEquals(0, map.number("select count(*) from map.height_3d"));
    }

    @Test
    void dropsTheHeightsOfALineThatEndsElsewhere() {
        Node c = node(-1, 0, 1, 1);
        assertSaved(map.save(roads(List.of(link(ab.id(), 1, a, c, "ac")), List.of(c))));
        assertSaved(map.save(polylines(polyline(rail, 1, 7, 6, "rail"))));
        assertEquals(0, map.number("select count(*) from map.height_3d"));
    }

    private static void assertSaved(SaveResult result) {
        assertEquals(Outcome.SAVED, result.outcome(), result::toString);
    }

    private static Height3DInfo heights(long id, LineKind kind, int minZoom, int heightCm, int[] elevationsCm) {
        return new Height3DInfo(
                id,
                kind,
                1,
                LevelOrigin.BRIDGE,
                (byte) 1,
                (byte) minZoom,
                new int[] {heightCm, heightCm},
                elevationsCm);
    }

    private void load(Polygon3DInfo info) {
        map.execute("insert into map.polygon_3d (data_set, id, min_zoom, west, south, east, north, record)"
                + " select data_set, id, min_zoom, west, south, east, north, '\\x"
                + HexFormat.of().formatHex(EditedMap.encode(info)) + "' from map.polygon where id = " + info.id());
    }

    private void load(Height3DInfo info) {
        map.execute("insert into map.height_3d (data_set, kind, id, min_zoom, west, south, east, north, record)"
                + " select data_set, " + info.kind().code() + ", id, min_zoom, west, south, east, north, '\\x"
                + HexFormat.of().formatHex(EditedMap.encode(info)) + "' from map."
                + (info.kind() == LineKind.LINK ? "link" : "polyline") + " where id = " + info.id());
    }

    private Polygon3DInfo polygon3D() {
        try (EntityManager entities = map.persistence.open()) {
            return entities.createQuery("select h from StoredPolygon3D h", StoredPolygon3D.class)
                    .getSingleResult()
                    .toMessage();
        }
    }

    private Height3DInfo height3D(LineKind kind) {
        try (EntityManager entities = map.persistence.open()) {
            return entities.createQuery("select h from StoredHeight3D h where h.kind = :kind", StoredHeight3D.class)
                    .setParameter("kind", kind.code())
                    .getSingleResult()
                    .toMessage();
        }
    }
}
