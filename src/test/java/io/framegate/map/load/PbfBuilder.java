package io.framegate.map.load;

import com.google.protobuf.ByteString;
import crosby.binary.Fileformat;
import crosby.binary.Osmformat;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;

/** Makes small OpenStreetMap files, element by element, with the library's own classes; one block for each element. */
final class PbfBuilder {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private boolean packed = true;

    PbfBuilder() {
        this("OsmSchema-V0.6", "DenseNodes");
    }

    PbfBuilder(String... requiredFeatures) {
        block(
                "OSMHeader",
                Osmformat.HeaderBlock.newBuilder()
                        .addAllRequiredFeatures(List.of(requiredFeatures))
                        .build()
                        .toByteString());
    }

    /**
     * @param tags key, value, key, value…
     */
    PbfBuilder node(long id, double longitude, double latitude, String... tags) {
        Texts texts = new Texts();
        // Plain for odd ids, dense for even ones: readers know both.
        Osmformat.PrimitiveGroup.Builder group = Osmformat.PrimitiveGroup.newBuilder();
        long lon = Math.round(longitude * 1e7);
        long lat = Math.round(latitude * 1e7);
        if (id % 2 == 0) {
            Osmformat.DenseNodes.Builder dense =
                    Osmformat.DenseNodes.newBuilder().addId(id).addLon(lon).addLat(lat);
            for (String tag : tags) {
                dense.addKeysVals(texts.index(tag));
            }
            group.setDense(dense.addKeysVals(0));
        } else {
            Osmformat.Node.Builder node =
                    Osmformat.Node.newBuilder().setId(id).setLon(lon).setLat(lat);
            for (int i = 0; i < tags.length; i += 2) {
                node.addKeys(texts.index(tags[i])).addVals(texts.index(tags[i + 1]));
            }
            group.addNodes(node);
        }
        return data(texts, group);
    }

    PbfBuilder way(long id, long[] nodes, String... tags) {
        Texts texts = new Texts();
        Osmformat.Way.Builder way = Osmformat.Way.newBuilder().setId(id);
        long last = 0;
        for (long node : nodes) {
            way.addRefs(node - last);
            last = node;
        }
        for (int i = 0; i < tags.length; i += 2) {
            way.addKeys(texts.index(tags[i])).addVals(texts.index(tags[i + 1]));
        }
        return data(texts, Osmformat.PrimitiveGroup.newBuilder().addWays(way));
    }

    /** A relation of ways; all with the role "outer", which is often wrong. */
    PbfBuilder relation(long id, long[] ways, String... tags) {
        Texts texts = new Texts();
        Osmformat.Relation.Builder relation = Osmformat.Relation.newBuilder().setId(id);
        long last = 0;
        for (long way : ways) {
            relation.addMemids(way - last)
                    .addTypes(Osmformat.Relation.MemberType.WAY)
                    .addRolesSid(texts.index("outer"));
            last = way;
        }
        for (int i = 0; i < tags.length; i += 2) {
            relation.addKeys(texts.index(tags[i])).addVals(texts.index(tags[i + 1]));
        }
        return data(texts, Osmformat.PrimitiveGroup.newBuilder().addRelations(relation));
    }

    /** A relation of ways and nodes, each written as "way 7 from". */
    PbfBuilder members(long id, List<String> members, String... tags) {
        Texts texts = new Texts();
        Osmformat.Relation.Builder relation = Osmformat.Relation.newBuilder().setId(id);
        long last = 0;
        for (String member : members) {
            String[] words = member.split(" ");
            long ref = Long.parseLong(words[1]);
            relation.addMemids(ref - last)
                    .addTypes(
                            words[0].equals("way")
                                    ? Osmformat.Relation.MemberType.WAY
                                    : Osmformat.Relation.MemberType.NODE)
                    .addRolesSid(texts.index(words[2]));
            last = ref;
        }
        for (int i = 0; i < tags.length; i += 2) {
            relation.addKeys(texts.index(tags[i])).addVals(texts.index(tags[i + 1]));
        }
        return data(texts, Osmformat.PrimitiveGroup.newBuilder().addRelations(relation));
    }

    /** Leaves the blocks to come as they are, without zlib. */
    PbfBuilder unpacked() {
        packed = false;
        return this;
    }

    /** A block of any type and contents. */
    PbfBuilder block(String type, ByteString contents) {
        if (packed) {
            return blob(type, zlib(contents));
        }
        return blob(type, Fileformat.Blob.newBuilder().setRaw(contents).build());
    }

    private static Fileformat.Blob zlib(ByteString contents) {
        byte[] raw = contents.toByteArray();
        byte[] packed = new byte[raw.length + 100];
        Deflater deflater = new Deflater();
        deflater.setInput(raw);
        deflater.finish();
        int packedSize = deflater.deflate(packed);
        deflater.end();
        return Fileformat.Blob.newBuilder()
                .setRawSize(raw.length)
                .setZlibData(ByteString.copyFrom(packed, 0, packedSize))
                .build();
    }

    private PbfBuilder blob(String type, Fileformat.Blob contents) {
        ByteString blob = contents.toByteString();
        byte[] header = Fileformat.BlobHeader.newBuilder()
                .setType(type)
                .setDatasize(blob.size())
                .build()
                .toByteArray();
        try {
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeInt(header.length);
            out.write(header);
            blob.writeTo(out);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return this;
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }

    Path write(Path directory) throws IOException {
        return Files.write(directory.resolve("small.osm.pbf"), toByteArray());
    }

    private PbfBuilder data(Texts texts, Osmformat.PrimitiveGroup.Builder group) {
        return block(
                "OSMData",
                Osmformat.PrimitiveBlock.newBuilder()
                        .setStringtable(texts.table())
                        .addPrimitivegroup(group)
                        .build()
                        .toByteString());
    }

    /** The table of strings of a block; the first is empty, since 0 ends the tags of a dense node. */
    private static final class Texts {

        private final List<String> texts = new ArrayList<>(List.of(""));

        int index(String text) {
            texts.add(text);
            return texts.size() - 1;
        }

        Osmformat.StringTable table() {
            Osmformat.StringTable.Builder table = Osmformat.StringTable.newBuilder();
            texts.forEach(text -> table.addS(ByteString.copyFrom(text, StandardCharsets.UTF_8)));
            return table.build();
        }
    }
}
