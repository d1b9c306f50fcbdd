package io.framegate.map.edit;

import io.framegate.map.message.ElementKind;
import io.framegate.map.message.PassInfo;
import io.framegate.map.message.SaveResult.Problem;
import io.framegate.map.store.IdsConverter;
import io.framegate.map.store.StoredLink;
import io.framegate.map.store.StoredPassInfo;
import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The turn rules of a save, looked at once its links and nodes are written, and those of the map that these concern.
 *
 * <ul>
 *   <li>A rule's links and its node are there. The first link has an end at the node; from there each link has an end where
 *       the one before leads to. Whether a vehicle may go that way does not matter: a rule may forbid what is forbidden.
 *   <li>A link or node that a rule is about is not deleted, and a link does not leave its rules behind.
 *   <li>A rule's place, which is that of its node, and its zoom level, the greater one of its first and last link's, are kept
 *       here. A rule for which they change is changed: it gets a new version, although nobody sent it.
 * </ul>
 */
final class RuleChanges {

    private static final String RULES_AT = "select p.id, p.viaNode, p.fromLink, p.toLink, p.viaLinks"
            + " from StoredPassInfo p where p.dataSet = :dataSet and p.viaNode in :ids";
    private static final String RULES_OVER_LINKS = "select id, via_node, from_link, to_link, via_links"
            + " from map.pass_info where data_set = ?1 and octet_length(via_links) > 0";
    private static final String LINKS = "select l.id, l.fromNode, l.toNode, l.minZoom from StoredLink l"
            + " where l.dataSet = :dataSet and l.id in :ids";
    private static final String NODES = "select n.id, n.longitudeE7, n.latitudeE7 from StoredNode n"
            + " where n.dataSet = :dataSet and n.id in :ids";

    private final EntityManager entities;
    private final int dataSet;
    private final List<Problem> problems = new ArrayList<>();
    private final Map<Long, LinkEnds> links = new HashMap<>();
    private final Map<Long, Place> nodes = new HashMap<>();

    /** A link as a rule sees it. */
    private record LinkEnds(long fromNode, long toNode, byte minZoom) {

        boolean isAt(long node) {
            return fromNode == node || toNode == node;
        }

        long otherEnd(long node) {
            return fromNode == node ? toNode : fromNode;
        }
    }

    private record Place(int longitudeE7, int latitudeE7) {}

    RuleChanges(EntityManager entities, int dataSet) {
        this.entities = entities;
        this.dataSet = dataSet;
    }

    /**
     * The rules that are about some links and nodes, as far as can be seen without a lock. Whoever holds the locks of these
     * links and nodes misses none: a save that makes a rule holds those of its links and its node.
     *
     * @param changedLinks as they are stored, by id
     * @param changedNodes ids
     */
    Set<Long> about(Map<Long, StoredLink> changedLinks, Set<Long> changedNodes) {
        TreeSet<Long> at = new TreeSet<>(changedNodes);
        changedLinks.values().forEach(link -> at.addAll(List.of(link.fromNode(), link.toNode())));
        List<Object[]> rows = rows(RULES_AT, at);
        if (!changedLinks.isEmpty()) {
            IdsConverter ids = new IdsConverter();
            for (Object found : entities.createNativeQuery(RULES_OVER_LINKS)
                    .setParameter(1, dataSet)
                    .getResultList()) {
                Object[] row = (Object[]) found;
                row[4] = ids.convertToEntityAttribute((byte[]) row[4]);
                rows.add(row);
            }
        }
        Set<Long> about = new TreeSet<>();
        for (Object[] row : rows) {
            boolean concerned = changedNodes.contains(number(row[1]))
                    || changedLinks.containsKey(number(row[2]))
                    || changedLinks.containsKey(number(row[3]))
                    || ((List<?>) row[4]).stream().anyMatch(changedLinks::containsKey);
            if (concerned) {
                about.add(number(row[0]));
            }
        }
        return about;
    }

    /**
     * What the rules become.
     *
     * @param known those that stay and that the request does not have, locked, by id
     * @param wanted those of the request, by the ids that they have or get, with the ids that their links and nodes have
     * @return the rules that are new or change, by id; those of the request with the ids that they have in it
     * @throws SaveRejected with all that is not right
     */
    Map<Long, PassInfo> changed(Map<Long, StoredPassInfo> known, Map<Long, PassInfo> wanted) {
        Map<Long, PassInfo> unchanged = new TreeMap<>();
        known.forEach((id, stored) -> unchanged.put(id, stored.toMessage()));
        read(wanted);
        read(unchanged);
        Map<Long, PassInfo> changed = new TreeMap<>();
        wanted.forEach((id, rule) -> {
            Optional<String> flaw = missing(rule).or(() -> flaw(rule));
            flaw.ifPresent(sentence -> problems.add(new Problem(ElementKind.PASS_INFO, rule.id(), sentence)));
            if (flaw.isEmpty()) {
                changed.put(id, placed(rule));
            }
        });
        unchanged.forEach((id, rule) -> {
            if (isWhole(rule)) {
                PassInfo placed = placed(rule);
                if (!placed.equals(rule)) {
                    changed.put(id, placed);
                }
            }
        });
        if (!problems.isEmpty()) {
            throw SaveRejected.since(problems);
        }
        return changed;
    }

    private void read(Map<Long, PassInfo> rules) {
        TreeSet<Long> linkIds = new TreeSet<>();
        TreeSet<Long> nodeIds = new TreeSet<>();
        rules.values().forEach(rule -> {
            linkIds.addAll(linksOf(rule));
            nodeIds.add(rule.viaNode());
        });
        for (Object[] row : rows(LINKS, linkIds)) {
            links.put(number(row[0]), new LinkEnds(number(row[1]), number(row[2]), ((Number) row[3]).byteValue()));
        }
        for (Object[] row : rows(NODES, nodeIds)) {
            nodes.put(number(row[0]), new Place((int) row[1], (int) row[2]));
        }
    }

    private List<Object[]> rows(String jpql, TreeSet<Long> ids) {
        List<Object[]> rows = new ArrayList<>();
        List<Long> ascending = new ArrayList<>(ids);
        for (int from = 0; from < ascending.size(); from += FeatureLocks.CHUNK) {
            rows.addAll(entities.createQuery(jpql, Object[].class)
                    .setParameter("dataSet", dataSet)
                    .setParameter("ids", ascending.subList(from, Math.min(from + FeatureLocks.CHUNK, ascending.size())))
                    .getResultList());
        }
        return rows;
    }

    private Optional<String> missing(PassInfo rule) {
        Optional<String> link = linksOf(rule).stream()
                .filter(id -> !links.containsKey(id))
                .findFirst()
                .map(id -> "There is no link " + id + " for the rule to be about.");
        return nodes.containsKey(rule.viaNode())
                ? link
                : link.or(() -> Optional.of("There is no node " + rule.viaNode() + " for the rule to be about."));
    }

    /** Whether a rule that nobody sent still holds. */
    private boolean isWhole(PassInfo rule) {
        String remedy = " turn rule " + rule.id() + " is about it: delete or change the rule in the same save.";
        boolean whole = true;
        for (long link : linksOf(rule)) {
            if (!links.containsKey(link)) {
                problems.add(new Problem(ElementKind.LINK, link, "The link cannot go, the" + remedy));
                whole = false;
            }
        }
        if (!nodes.containsKey(rule.viaNode())) {
            problems.add(new Problem(ElementKind.NODE, rule.viaNode(), "The node cannot go, the" + remedy));
            whole = false;
        }
        if (!whole) {
            return false;
        }
        Optional<String> flaw = flaw(rule);
        flaw.ifPresent(sentence -> problems.add(new Problem(
                ElementKind.PASS_INFO,
                rule.id(),
                "The rule would hold no longer: delete or change it in the same save. " + sentence)));
        return flaw.isEmpty();
    }

    /** Why a rule, all of whose links are there, is no way from the first to the last. */
    private Optional<String> flaw(PassInfo rule) {
        long at = rule.viaNode();
        if (!ends(rule.fromLink()).isAt(at)) {
            return Optional.of("The link " + rule.fromLink() + " does not end at the rule's node " + at + ".");
        }
        for (long link : linksOf(rule).subList(1, rule.viaLinks().size() + 2)) {
            if (!ends(link).isAt(at)) {
                return Optional.of("The link " + link + " does not end at the node " + at
                        + ", which is where the rule leads to before it.");
            }
            at = ends(link).otherEnd(at);
        }
        return Optional.empty();
    }

    private LinkEnds ends(long link) {
        return Optional.ofNullable(links.get(link)).orElseThrow();
    }

    /** The rule where it belongs. */
    private PassInfo placed(PassInfo rule) {
        Place place = Optional.ofNullable(nodes.get(rule.viaNode())).orElseThrow();
        int minZoom =
                Math.max(ends(rule.fromLink()).minZoom(), ends(rule.toLink()).minZoom());
        return rule.placed(place.longitudeE7(), place.latitudeE7(), (byte) minZoom);
    }

    /** In the order in which they are taken. */
    static List<Long> linksOf(PassInfo rule) {
        List<Long> all = new ArrayList<>();
        all.add(rule.fromLink());
        all.addAll(rule.viaLinks());
        all.add(rule.toLink());
        return all;
    }

    private static long number(Object column) {
        return ((Number) column).longValue();
    }
}
