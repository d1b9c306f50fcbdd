package io.framegate.map.edit;

import static io.framegate.map.edit.EditedMap.deletion;
import static io.framegate.map.edit.EditedMap.link;
import static io.framegate.map.edit.EditedMap.links;
import static io.framegate.map.edit.EditedMap.node;
import static io.framegate.map.edit.EditedMap.roads;
import static io.framegate.map.edit.EditedMap.rule;
import static io.framegate.map.edit.EditedMap.rules;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.message.Changes.Change;
import io.framegate.map.message.Deletion;
import io.framegate.map.message.ElementKind;
import io.framegate.map.message.Link;
import io.framegate.map.message.Node;
import io.framegate.map.message.PassInfo;
import io.framegate.map.message.SaveFeatures;
import io.framegate.map.message.SaveResult;
import io.framegate.map.message.SaveResult.Conflict;
import io.framegate.map.message.SaveResult.Outcome;
import io.framegate.map.message.SaveResult.Saved;
import io.framegate.map.store.MapPersistenceFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a save does to turn rules, and what these do to a save. */
class TurnRuleSavesTest {

    private EditedMap map;

    /** A road of three links: a to b to c to d, with a rule from the first to the second, and one to the last. */
    private Node a;

    private Node b;
    private Node c;
    private Node d;
    private Link ab;
    private Link bc;
    private Link cd;
    private long atB;
    private long overBc;

    @BeforeEach
    void makeRoadWithRules() throws Exception {
        map = new EditedMap();
        Node newA = node(-1, 0, 0, 0);
        Node newB = node(-2, 0, 1, 0);
        Node newC = node(-3, 0, 2, 0);
        Node newD = node(-4, 0, 3, 0);
        SaveResult result = map.save(rules(
                List.of(
                        link(-5, 0, newA, newB, "ab"),
                        link(-6, 0, newB, newC, "bc"),
                        // Drawn against the way that the rule takes.
                        link(-7, 0, newD, newC, "cd")),
                List.of(newA, newB, newC, newD),
                List.of(rule(-8, 0, -5, -2, -6), rule(-9, 0, -5, -2, -7, -6L))));
        assertEquals(Outcome.SAVED, result.outcome(), result::toString);
        a = node(id(result, -1), 1, 0, 0);
        b = node(id(result, -2), 1, 1, 0);
        c = node(id(result, -3), 1, 2, 0);
        d = node(id(result, -4), 1, 3, 0);
        ab = link(id(result, -5), 1, a, b, "ab");
        bc = link(id(result, -6), 1, b, c, "bc");
        cd = link(id(result, -7), 1, d, c, "cd");
        atB = id(result, -8);
        overBc = id(result, -9);
    }

    @AfterEach
    void leaveMapRight() {
        map.assertRight();
        MapPersistenceFixture.close(map.persistence);
    }

    @Test
    void placesARuleAboutLinksOfTheSameSave() {
        PassInfo stored = lastOf(overBc);
        assertEquals(ab.id(), stored.fromLink());
        assertEquals(b.id(), stored.viaNode());
        assertEquals(List.of(bc.id()), stored.viaLinks());
        assertEquals(cd.id(), stored.toLink());
        assertEquals(b.longitudeE7(), stored.longitudeE7());
        assertEquals(b.latitudeE7(), stored.latitudeE7());
        assertEquals(12, stored.minZoom());
        assertEquals("hgv", stored.vehicles());
        assertEquals("bicycle", stored.except());
    }

    @Test
    void changesARuleOnceByItsVersion() {
        SaveFeatures turned = rules(rule(atB, 1, bc.id(), b.id(), ab.id()));
        assertEquals(
                List.of(new Saved(ElementKind.PASS_INFO, atB, atB, 2)),
                map.save(turned).saved());
        assertEquals(bc.id(), lastOf(atB).fromLink());
        SaveResult second = map.save(rules(rule(atB, 1, bc.id(), b.id(), bc.id())));
        assertEquals(List.of(new Conflict(ElementKind.PASS_INFO, atB, 2, false)), second.conflicts());
        map.save(deletion(new Deletion(ElementKind.PASS_INFO, atB, 2)));
        SaveResult third = map.save(rules(rule(atB, 2, bc.id(), b.id(), bc.id())));
        assertEquals(List.of(new Conflict(ElementKind.PASS_INFO, atB, 0, true)), third.conflicts());
        assertEquals(1, map.number("select count(*) from map.pass_info"));
    }

    @Test
    void refusesARuleWhoseLinksDoNotMeet() {
        assertInvalid("does not end at the rule's node", rules(rule(0, 0, cd.id(), b.id(), bc.id())));
        assertInvalid("which is where the rule leads to", rules(rule(0, 0, ab.id(), b.id(), cd.id())));
        assertInvalid("which is where the rule leads to", rules(rule(0, 0, ab.id(), b.id(), ab.id(), bc.id())));
    }

    @Test
    void refusesARuleAboutWhatIsNotThere() {
        assertInvalid("There is no link 4711", rules(rule(0, 0, ab.id(), b.id(), 4711)));
        assertInvalid("There is no node 4711", rules(rule(0, 0, ab.id(), 4711, bc.id())));
        assertInvalid("There is no new link -5", rules(rule(0, 0, ab.id(), b.id(), bc.id(), -5L)));
        assertInvalid("There is no new node -2", rules(rule(0, 0, ab.id(), -2, bc.id())));
        assertInvalid("There is no new link 0", rules(rule(0, 0, 0, b.id(), bc.id())));
    }

    @Test
    void deletesALinkOnlyTogetherWithItsRules() {
        Deletion link = new Deletion(ElementKind.LINK, bc.id(), 1);
        assertInvalid("The link cannot go, the turn rule " + atB, deletion(link));
        assertInvalid("turn rule " + overBc, deletion(link, new Deletion(ElementKind.PASS_INFO, atB, 1)));
        assertInvalid("turn rule " + overBc, deletion(new Deletion(ElementKind.LINK, cd.id(), 1)));
        SaveResult result = map.save(rules(
                List.of(),
                List.of(),
                List.of(rule(overBc, 1, ab.id(), b.id(), ab.id())),
                link,
                new Deletion(ElementKind.PASS_INFO, atB, 1)));
        assertEquals(Outcome.SAVED, result.outcome(), result::toString);
        assertEquals(1, map.number("select count(*) from map.pass_info"));
    }

    @Test
    void deletesANodeOnlyTogetherWithItsRules() {
        Deletion node = new Deletion(ElementKind.NODE, b.id(), 1);
        Deletion rule = new Deletion(ElementKind.PASS_INFO, atB, 1);
        Deletion otherRule = new Deletion(ElementKind.PASS_INFO, overBc, 1);
        assertInvalid(
                "The node cannot go, the turn rule " + atB, roads(List.of(ab(a, c)), List.of(), node, bc(), otherRule));
        SaveResult result = map.save(roads(List.of(ab(a, c)), List.of(), node, bc(), rule, otherRule));
        assertEquals(Outcome.SAVED, result.outcome(), result::toString);
        assertEquals(0, map.number("select count(*) from map.pass_info"));
    }

    @Test
    void leadsALinkElsewhereOnlyTogetherWithItsRules() {
        assertInvalid("hold no longer", links(ab(a, c)));
        assertInvalid("hold no longer", links(link(cd.id(), 1, d, a, "da")));
        SaveResult result = map.save(rules(
                List.of(ab(a, c)),
                List.of(),
                List.of(rule(atB, 1, ab.id(), c.id(), bc.id()), rule(overBc, 1, ab.id(), c.id(), cd.id()))));
        assertEquals(Outcome.SAVED, result.outcome(), result::toString);
    }

    @Test
    void movesRulesWithTheirNode() {
        Node moved = node(b.id(), 1, 1, 5);
        SaveResult result = map.save(
                roads(List.of(link(ab.id(), 1, a, moved, "ab"), link(bc.id(), 1, moved, c, "bc")), List.of(moved)));
        assertEquals(Outcome.SAVED, result.outcome(), result::toString);
        assertTrue(result.saved().contains(new Saved(ElementKind.PASS_INFO, overBc, overBc, 2)), result::toString);
        assertEquals(moved.latitudeE7(), lastOf(atB).latitudeE7());
    }

    @Test
    void aRuleHasItsLinksZoomLevel() {
        Link later = new Link(
                cd.id(),
                1,
                cd.fromNode(),
                cd.toNode(),
                cd.roadClass(),
                cd.direction(),
                cd.lanes(),
                cd.speedKmh(),
                cd.layer(),
                (byte) 15,
                cd.name(),
                cd.points());
        SaveResult result = map.save(links(later));
        assertEquals(Outcome.SAVED, result.outcome(), result::toString);
        assertEquals(15, lastOf(overBc).minZoom());
        assertEquals(12, lastOf(atB).minZoom());
    }

    @Test
    void unaffectedRulesStayUnchanged() {
        SaveResult result = map.save(links(link(ab.id(), 1, a, b, "High Street")));
        assertEquals(List.of(new Saved(ElementKind.LINK, ab.id(), ab.id(), 2)), result.saved());
    }

    @Test
    void serializesARuleAndItsLinksDeletion() throws Exception {
        map.save(deletion(new Deletion(ElementKind.PASS_INFO, atB, 1), new Deletion(ElementKind.PASS_INFO, overBc, 1)));
        Callable<SaveResult> makesRule = () -> map.save(rules(rule(0, 0, bc.id(), c.id(), cd.id())));
        Callable<SaveResult> deletesLink = () -> map.save(deletion(new Deletion(ElementKind.LINK, cd.id(), 1)));
        List<Callable<SaveResult>> both = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            both.add(makesRule);
        }
        both.add(4, deletesLink);
        ExecutorService editors = Executors.newFixedThreadPool(both.size());
        try {
            for (Future<SaveResult> result : editors.invokeAll(both)) {
                assertTrue(result.get().outcome() != Outcome.CONFLICT, () -> "a conflict");
            }
        } finally {
            editors.shutdownNow();
        }
        long links = map.number("select count(*) from map.link");
        long rules = map.number("select count(*) from map.pass_info");
        assertTrue(links == 3 ? rules == 8 : rules == 0, () -> links + " links, " + rules + " rules");
    }

    private Link ab(Node from, Node to) {
        return link(ab.id(), 1, from, to, "ab");
    }

    private Deletion bc() {
        return new Deletion(ElementKind.LINK, bc.id(), 1);
    }

    private void assertInvalid(String words, SaveFeatures request) {
        SaveResult result = map.save(request);
        assertEquals(Outcome.INVALID, result.outcome(), result::toString);
        assertTrue(
                result.problems().stream()
                        .anyMatch(problem -> problem.sentence().contains(words)),
                result::toString);
    }

    private PassInfo lastOf(long id) {
        return map.changesSince(0).changes().stream()
                .filter(change -> change.kind() == ElementKind.PASS_INFO && change.id() == id)
                .reduce((earlier, later) -> later)
                .map(Change::element)
                .map(element -> EditedMap.decode(PassInfo.class, element))
                .orElseThrow();
    }

    private static long id(SaveResult result, long requested) {
        return result.saved().stream()
                .filter(feature -> feature.requestedId() == requested)
                .findFirst()
                .orElseThrow()
                .id();
    }
}
