package io.framegate.map.edit;

import static io.framegate.map.edit.EditedMap.deletion;
import static io.framegate.map.edit.EditedMap.link;
import static io.framegate.map.edit.EditedMap.links;
import static io.framegate.map.edit.EditedMap.node;
import static io.framegate.map.edit.EditedMap.nodes;
import static io.framegate.map.edit.EditedMap.polygon;
import static io.framegate.map.edit.EditedMap.polygons;
import static io.framegate.map.edit.EditedMap.polyline;
import static io.framegate.map.edit.EditedMap.polylines;
import static io.framegate.map.edit.EditedMap.roads;
import static io.framegate.map.edit.EditedMap.square;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.message.Area;
import io.framegate.map.message.Changes;
import io.framegate.map.message.Changes.Change;
import io.framegate.map.message.Changes.Operation;
import io.framegate.map.message.Deletion;
import io.framegate.map.message.ElementKind;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.Link;
import io.framegate.map.message.LoadChangesSince;
import io.framegate.map.message.Node;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polygon.Ring;
import io.framegate.map.message.SaveFeatures;
import io.framegate.map.message.SaveResult;
import io.framegate.map.message.SaveResult.Conflict;
import io.framegate.map.message.SaveResult.Outcome;
import io.framegate.map.message.SaveResult.Saved;
import io.framegate.map.store.MapPersistenceFixture;
import io.framegate.message.Refusal;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a save does to the map, one at a time. */
class FeatureSavesTest {

    private static final long FIRST_NEW_ID = 1L << 52;

    private EditedMap map;

    /** A road of two links: a to b to c. */
    private Node a;

    private Node b;
    private Node c;
    private Link ab;
    private Link bc;

    @BeforeEach
    void makeRoad() throws Exception {
        map = new EditedMap();
        Node newA = node(-1, 0, 0, 0);
        Node newB = node(-2, 0, 1, 0);
        Node newC = node(-3, 0, 2, 0);
        SaveResult result = map.save(
                roads(List.of(link(0, 0, newA, newB, "ab"), link(0, 0, newB, newC, "bc")), List.of(newC, newA, newB)));
        assertEquals(Outcome.SAVED, result.outcome(), result::toString);
        List<Saved> saved = result.saved();
        a = node(id(saved, ElementKind.NODE, -1), 1, 0, 0);
        b = node(id(saved, ElementKind.NODE, -2), 1, 1, 0);
        c = node(id(saved, ElementKind.NODE, -3), 1, 2, 0);
        ab = link(saved.get(0).id(), 1, a, b, "ab");
        bc = link(saved.get(1).id(), 1, b, c, "bc");
    }

    @AfterEach
    void leaveMapRight() {
        map.assertRight();
        MapPersistenceFixture.close(map.persistence);
    }

    @Test
    void newFeaturesGetIdsBeyondOpenStreetMap() {
        for (long id : new long[] {a.id(), b.id(), c.id(), ab.id(), bc.id()}) {
            assertTrue(id >= FIRST_NEW_ID && id < 2 * FIRST_NEW_ID, () -> "id " + id);
        }
    }

    @Test
    void keepsNodesUpToDateWithLinks() {
        Node stored = lastOf(Node.class, ElementKind.NODE, b.id());
        assertEquals(List.of(ab.id(), bc.id()), stored.links());
        assertEquals(12, stored.minZoom());
        SaveResult result = map.save(deletion(new Deletion(ElementKind.LINK, bc.id(), 1)));
        assertEquals(
                List.of(new Saved(ElementKind.NODE, c.id(), c.id(), 2), new Saved(ElementKind.NODE, b.id(), b.id(), 2)),
                result.saved());
        assertEquals(
                List.of(ab.id()), lastOf(Node.class, ElementKind.NODE, b.id()).links());
        assertEquals(List.of(), lastOf(Node.class, ElementKind.NODE, c.id()).links());
    }

    @Test
    void unaffectedNodesStayUnchanged() {
        SaveResult result = map.save(links(link(ab.id(), 1, a, b, "High Street")));
        assertEquals(List.of(new Saved(ElementKind.LINK, ab.id(), ab.id(), 2)), result.saved());
    }

    @Test
    void anOldVersionIsAConflict() {
        map.save(links(link(ab.id(), 1, a, b, "High Street")));
        map.save(deletion(new Deletion(ElementKind.LINK, bc.id(), 1)));
        long changes = map.changesSince(LoadChangesSince.FROM_NOW_ON).next();
        SaveResult result = map.save(roads(
                List.of(link(ab.id(), 1, a, b, "Low Street"), link(bc.id(), 1, b, c, "bc")),
                List.of(node(c.id(), 2, 2, 0)),
                new Deletion(ElementKind.POLYGON, 77, 1)));
        assertEquals(Outcome.CONFLICT, result.outcome());
        assertEquals(
                List.of(
                        new Conflict(ElementKind.LINK, ab.id(), 2, false),
                        new Conflict(ElementKind.LINK, bc.id(), 0, true),
                        new Conflict(ElementKind.POLYGON, 77, 0, true)),
                result.conflicts());
        assertEquals(changes, map.changesSince(LoadChangesSince.FROM_NOW_ON).next());
        assertEquals(
                1,
                map.changesSince(0).changes().stream()
                        .filter(change -> change.kind() == ElementKind.LINK && change.operation() == Operation.CHANGED)
                        .count());
    }

    @Test
    void refusesALinkBesideItsNodes() {
        Node elsewhere = node(c.id(), 1, 5, 5);
        assertInvalid("does not end where its node", links(link(0, 0, a, elsewhere, "")));
        assertInvalid("There is no node 4711", links(link(0, 0, a, node(4711, 0, 3, 3), "")));
        assertInvalid("There is no new node -9", links(link(0, 0, a, node(-9, 0, 3, 3), "")));
    }

    @Test
    void deletesANodeOnlyTogetherWithItsLinks() {
        Deletion deletionOfC = new Deletion(ElementKind.NODE, c.id(), 1);
        assertInvalid("Links end at the node", deletion(deletionOfC));
        SaveResult result = map.save(deletion(deletionOfC, new Deletion(ElementKind.LINK, bc.id(), 1)));
        assertEquals(Outcome.SAVED, result.outcome());
        assertEquals(List.of(new Saved(ElementKind.NODE, b.id(), b.id(), 2)), result.saved());
        assertEquals(2, map.number("select count(*) from map.node"));
    }

    @Test
    void deletesANodeWhoseLinksLeadElsewhere() {
        SaveResult result = map.save(
                roads(List.of(link(bc.id(), 1, b, a, "back")), List.of(), new Deletion(ElementKind.NODE, c.id(), 1)));
        assertEquals(Outcome.SAVED, result.outcome(), result::toString);
        assertEquals(
                List.of(ab.id(), bc.id()),
                lastOf(Node.class, ElementKind.NODE, a.id()).links());
    }

    @Test
    void movesANodeOnlyTogetherWithItsLinks() {
        Node moved = node(b.id(), 1, 1, 3);
        assertInvalid("save the links of a node together with it", nodes(moved));
        assertInvalid(
                "save the links of a node together with it",
                roads(List.of(link(ab.id(), 1, a, moved, "ab")), List.of(moved)));
        SaveResult result = map.save(
                roads(List.of(link(ab.id(), 1, a, moved, "ab"), link(bc.id(), 1, moved, c, "bc")), List.of(moved)));
        assertEquals(Outcome.SAVED, result.outcome(), result::toString);
    }

    @Test
    void takesALinkThatEndsWhereItBegins() {
        Node far = node(0, 0, 9, 9);
        Link loop = new Link(
                0,
                0,
                a.id(),
                a.id(),
                ab.roadClass(),
                ab.direction(),
                (byte) 0,
                (short) -1,
                (byte) 0,
                (byte) 5,
                "loop",
                Points.differences(new int[] {
                    a.longitudeE7(),
                    a.latitudeE7(),
                    far.longitudeE7(),
                    far.latitudeE7(),
                    a.longitudeE7(),
                    a.latitudeE7()
                }));
        SaveResult result = map.save(links(loop));
        assertEquals(Outcome.SAVED, result.outcome(), result::toString);
        Node stored = lastOf(Node.class, ElementKind.NODE, a.id());
        assertEquals(List.of(ab.id(), result.saved().get(0).id()), stored.links());
        assertEquals(5, stored.minZoom());
    }

    @Test
    void savesAndDeletesPolygonsAndPolylines() {
        Ring hole = new Ring(true, Points.differences(new int[] {
            EditedMap.WEST + 10,
            EditedMap.SOUTH + 10,
            EditedMap.WEST + 10,
            EditedMap.SOUTH + 20,
            EditedMap.WEST + 20,
            EditedMap.SOUTH + 10
        }));
        Ring outer = square(0, 0, 0, 0, "").rings().get(0);
        List<Saved> saved = map.save(polygons(polygon(0, 0, "court", outer, hole), square(0, 0, 1, 1, "house")))
                .saved();
        assertEquals(
                "court",
                lastOf(Polygon.class, ElementKind.POLYGON, saved.get(0).id()).name());
        assertEquals(
                "house",
                lastOf(Polygon.class, ElementKind.POLYGON, saved.get(1).id()).name());
        long line =
                map.save(polylines(polyline(0, 0, 1, 1, "rail"))).saved().get(0).id();
        assertEquals(
                2,
                map.save(polylines(polyline(line, 1, 2, 2, "rail")))
                        .saved()
                        .get(0)
                        .version());
        assertEquals(
                Outcome.SAVED,
                map.save(deletion(
                                new Deletion(ElementKind.POLYGON, saved.get(0).id(), 1),
                                new Deletion(ElementKind.POLYLINE, line, 2)))
                        .outcome());
        assertEquals(0, map.number("select count(*) from map.polyline"));
    }

    @Test
    void refusesPolygonsThatAreNone() {
        Ring square = square(0, 0, 0, 0, "").rings().get(0);
        int[] units = Points.absolute(square.points());
        int[] reversed = new int[] {units[0], units[1], units[6], units[7], units[4], units[5], units[2], units[3]};
        assertInvalid("no hole", polygons(polygon(0, 0, "", new Ring(true, square.points()))));
        assertInvalid("no hole", polygons(polygon(0, 0, "")));
        assertInvalid("counter-clockwise", polygons(polygon(0, 0, "", new Ring(false, Points.differences(reversed)))));
        assertInvalid("A line here has 3", polygons(polygon(0, 0, "", new Ring(false, new int[] {1, 2, 3, 4}))));
        assertInvalid("A line here has 3", polygons(polygon(0, 0, "", new Ring(false, new int[7]))));
        assertInvalid(
                "no area",
                polygons(polygon(0, 0, "", new Ring(false, Points.differences(new int[] {0, 0, 5, 5, 9, 9})))));
        assertInvalid(
                "not repeated",
                polygons(polygon(0, 0, "", new Ring(false, Points.differences(new int[] {0, 0, 5, 0, 5, 5, 0, 0})))));
    }

    @Test
    void refusesWhatIsOutOfRange() {
        assertInvalid("not on earth", nodes(at(1_800_000_001, 0)));
        assertInvalid("not on earth", nodes(at(0, -900_000_001)));
        assertInvalid("not on earth", nodes(at(Integer.MIN_VALUE, 0)));
        assertInvalid("more than 1000 characters", polygons(square(0, 0, 0, 0, "x".repeat(1001))));
        assertInvalid("twice", links(ab, ab));
        assertInvalid("twice", roads(List.of(ab), List.of(), new Deletion(ElementKind.LINK, ab.id(), 1)));
        assertInvalid("clipped or simplified", polygons(square(7, -1, 0, 0, "")));
        assertInvalid("Only what is stored", deletion(new Deletion(ElementKind.LINK, 0, 0)));
    }

    @Test
    void refusesWhatIsNoSave() {
        assertRefused("has 0", roads(List.of(), List.of()));
        assertRefused(
                "has 5001",
                polygons(Collections.nCopies(5001, square(0, 0, 0, 0, "")).toArray(Polygon[]::new)));
        SaveFeatures one = links(ab);
        assertRefused("The key", withKey(" ", one));
        assertRefused("The key", withKey("k".repeat(101), one));
        Refusal refusal = assertThrows(Refusal.class, () -> map.saves.save(one, "atlantis"));
        assertEquals(Refusal.Code.NOT_FOUND, refusal.code());
    }

    @Test
    void appliesASaveOnceHoweverOftenItComes() {
        SaveFeatures save = polygons(square(0, 0, 0, 0, "once"));
        SaveResult first = map.save(save);
        assertEquals(first, map.save(save));
        assertEquals(1, map.number("select count(*) from map.polygon"));
        assertRefused("used for another save", withKey(save.key(), polygons(square(0, 0, 0, 0, "other"))));
    }

    @Test
    void leavesTheKeyFreeWhenNothingWasSaved() {
        SaveFeatures tooEarly = withKey("again", links(link(ab.id(), 2, a, b, "second")));
        assertEquals(Outcome.CONFLICT, map.save(tooEarly).outcome());
        map.save(links(link(ab.id(), 1, a, b, "first")));
        assertEquals(Outcome.SAVED, map.save(tooEarly).outcome());
    }

    @Test
    void pagesThroughTheHistory() {
        long before = System.currentTimeMillis();
        long since = map.changesSince(LoadChangesSince.FROM_NOW_ON).next();
        map.save(links(link(ab.id(), 1, a, b, "High Street")));
        map.save(deletion(new Deletion(ElementKind.LINK, bc.id(), 1)));
        Changes first = map.changes.since(new LoadChangesSince("", since, 1, List.of()), EditedMap.NAME);
        assertEquals(
                List.of(since + 1), first.changes().stream().map(Change::number).toList());
        assertEquals(false, first.complete());
        Change change = first.changes().get(0);
        assertEquals(EditedMap.AUTHOR, change.author());
        assertEquals(Operation.CHANGED, change.operation());
        assertTrue(change.timeMillis() >= before - 1000 && change.timeMillis() <= System.currentTimeMillis() + 1000);
        assertEquals(
                "High Street", EditedMap.decode(Link.class, change.element()).name());
        Changes rest = map.changesSince(first.next());
        assertTrue(rest.complete());
        assertEquals(3, rest.changes().size());
        assertEquals(
                "bc",
                EditedMap.decode(Link.class, rest.changes().get(0).element()).name());
        assertEquals(Operation.DELETED, rest.changes().get(0).operation());
    }

    @Test
    void tellsAlsoWhatHasLeftAnArea() {
        long polygon =
                map.save(polygons(square(0, 0, 50, 50, "here"))).saved().get(0).id();
        long since = map.save(polygons(square(0, 0, 70, 70, "elsewhere"))).changeNumber();
        map.save(polygons(square(polygon, 1, 90, 90, "gone")));
        double west = Points.degrees(EditedMap.WEST + 49 * EditedMap.STEP);
        double south = Points.degrees(EditedMap.SOUTH + 49 * EditedMap.STEP);
        Area around = new Area(Ellipsoid.WGS84, 0, west, south, west + 0.003, south + 0.003);
        Changes changes = map.changes.since(new LoadChangesSince("", 0, 0, List.of(around)), EditedMap.NAME);
        assertEquals(
                List.of(polygon, polygon),
                changes.changes().stream().map(Change::id).toList());
        assertEquals(since + 1, changes.next());
    }

    @Test
    void aReloadBeginsANewHistory() throws Exception {
        SaveFeatures save = polygons(square(0, 0, 0, 0, "old"));
        SaveResult saved = map.save(save);
        Changes before = map.changesSince(0);
        map.load();
        Changes after = map.changesSince(0);
        assertNotEquals(before.load(), after.load());
        assertEquals(List.of(), after.changes());
        assertEquals(before.next(), after.next());
        assertEquals(saved, map.save(save), "a save that was made stays made");
        assertEquals(0, map.number("select count(*) from map.polygon"));
        assertEquals(before.changes().size(), map.number("select count(*) from map.change"));
        // The numbers of the new history begin after those of the old one; the check that is common to all begins at 1.
        map = new EditedMap();
    }

    private void assertInvalid(String words, SaveFeatures request) {
        long changes = map.number("select last from map.change_counter");
        SaveResult result = map.save(request);
        assertEquals(Outcome.INVALID, result.outcome());
        assertTrue(
                result.problems().stream()
                        .anyMatch(problem -> problem.sentence().contains(words)),
                result::toString);
        assertEquals(changes, map.number("select last from map.change_counter"));
        assertEquals(0, map.number("select count(*) from map.save where key = '" + request.key() + "'"));
    }

    private void assertRefused(String words, SaveFeatures request) {
        Refusal refusal = assertThrows(Refusal.class, () -> map.save(request));
        assertEquals(Refusal.Code.INVALID, refusal.code());
        assertTrue(refusal.sentence().contains(words), refusal.sentence());
    }

    private <T extends Record> T lastOf(Class<T> type, ElementKind kind, long id) {
        return map.changesSince(0).changes().stream()
                .filter(change -> change.kind() == kind && change.id() == id)
                .reduce((earlier, later) -> later)
                .map(change -> EditedMap.decode(type, change.element()))
                .orElseThrow();
    }

    private static long id(List<Saved> saved, ElementKind kind, long requested) {
        return saved.stream()
                .filter(feature -> feature.kind() == kind && feature.requestedId() == requested)
                .findFirst()
                .orElseThrow()
                .id();
    }

    private static SaveFeatures withKey(String key, SaveFeatures save) {
        return new SaveFeatures(
                key,
                save.author(),
                save.dataSet(),
                save.links(),
                save.nodes(),
                save.polygons(),
                save.polylines(),
                save.passInfos(),
                save.deletions());
    }

    private static Node at(int longitudeE7, int latitudeE7) {
        Node node = node(0, 0, 0, 0);
        return new Node(0, 0, node.kind(), longitudeE7, latitudeE7, (byte) 9, "", List.of());
    }
}
