package io.framegate.map.work;

import crosby.binary.BinaryParser;
import crosby.binary.Osmformat;
import crosby.binary.file.BlockInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All of an OpenStreetMap file in memory, read by the format's own library and nothing of ours: what the importer's work is
 * held against.
 */
final class OsmContents extends BinaryParser {

    private final Map<Long, Node> nodes = new HashMap<>();
    private final Map<Long, Way> ways = new TreeMap<>();
    private final Map<Long, Relation> relations = new TreeMap<>();

    /** A node, in degrees. */
    record Node(double longitude, double latitude, Map<String, String> tags) {}

    /** A way. */
    record Way(long id, Map<String, String> tags, List<Long> nodes) {}

    /** A member of a relation; the type is "NODE", "WAY" or "RELATION". */
    record Member(String type, long id, String role) {}

    /** A relation. */
    record Relation(long id, Map<String, String> tags, List<Member> members) {

        List<Long> ids(String type, String role) {
            return members.stream()
                    .filter(member ->
                            member.type().equals(type) && member.role().equals(role))
                    .map(Member::id)
                    .toList();
        }
    }

    private OsmContents() {}

    static OsmContents of(Path file) throws IOException {
        OsmContents contents = new OsmContents();
        try (InputStream in = Files.newInputStream(file)) {
            new BlockInputStream(in, contents).process();
        }
        return contents;
    }

    Map<Long, Node> nodes() {
        return nodes;
    }

    Map<Long, Way> ways() {
        return ways;
    }

    Map<Long, Relation> relations() {
        return relations;
    }

    @Override
    protected void parse(Osmformat.HeaderBlock header) {}

    @Override
    protected void parseNodes(List<Osmformat.Node> found) {
        for (Osmformat.Node node : found) {
            nodes.put(
                    node.getId(),
                    new Node(
                            parseLon(node.getLon()),
                            parseLat(node.getLat()),
                            tags(node.getKeysList(), node.getValsList())));
        }
    }

    @Override
    protected void parseDense(Osmformat.DenseNodes dense) {
        long id = 0;
        long longitude = 0;
        long latitude = 0;
        int at = 0;
        for (int i = 0; i < dense.getIdCount(); i++) {
            id += dense.getId(i);
            longitude += dense.getLon(i);
            latitude += dense.getLat(i);
            Map<String, String> tags = new HashMap<>();
            for (; at < dense.getKeysValsCount() && dense.getKeysVals(at) != 0; at += 2) {
                tags.put(getStringById(dense.getKeysVals(at)), getStringById(dense.getKeysVals(at + 1)));
            }
            at++;
            nodes.put(id, new Node(parseLon(longitude), parseLat(latitude), tags));
        }
    }

    @Override
    protected void parseWays(List<Osmformat.Way> found) {
        for (Osmformat.Way way : found) {
            List<Long> refs = new ArrayList<>();
            long ref = 0;
            for (long difference : way.getRefsList()) {
                ref += difference;
                // A node that comes twice in a row says nothing.
                if (refs.isEmpty() || refs.get(refs.size() - 1) != ref) {
                    refs.add(ref);
                }
            }
            ways.put(way.getId(), new Way(way.getId(), tags(way.getKeysList(), way.getValsList()), refs));
        }
    }

    @Override
    protected void parseRelations(List<Osmformat.Relation> found) {
        for (Osmformat.Relation relation : found) {
            List<Member> members = new ArrayList<>();
            long id = 0;
            for (int i = 0; i < relation.getMemidsCount(); i++) {
                id += relation.getMemids(i);
                members.add(new Member(relation.getTypes(i).name(), id, getStringById(relation.getRolesSid(i))));
            }
            relations.put(
                    relation.getId(),
                    new Relation(relation.getId(), tags(relation.getKeysList(), relation.getValsList()), members));
        }
    }

    @Override
    public void complete() {}

    private Map<String, String> tags(List<Integer> keys, List<Integer> values) {
        Map<String, String> tags = new HashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            tags.put(getStringById(keys.get(i)), getStringById(values.get(i)));
        }
        return tags;
    }
}
