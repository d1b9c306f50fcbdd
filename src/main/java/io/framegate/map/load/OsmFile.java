package io.framegate.map.load;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import crosby.binary.Fileformat;
import crosby.binary.Osmformat;
import io.framegate.map.load.OsmVisitor.MapDataException;
import io.framegate.map.load.OsmVisitor.Member;
import io.framegate.map.load.OsmVisitor.MemberType;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * An OpenStreetMap file in PBF, read block by block; a block is decoded by the library, one at a time is in memory.
 *
 * <pre>
 *  block  size
 *            4  size of the header, int32, big-endian, at most 64 KiB
 *            n  BlobHeader: "OSMHeader" for the first, then "OSMData"; size of the blob, at most 32 MiB
 *            m  Blob: a HeaderBlock or a PrimitiveBlock, as it is or by zlib
 * </pre>
 *
 * The format is described at <a href="https://wiki.openstreetmap.org/wiki/PBF_Format">the OpenStreetMap wiki</a>. Every
 * fault is told with the offset of its block.
 */
final class OsmFile {

    private static final int MAX_HEADER_BYTES = 64 * 1024;
    private static final int MAX_BLOB_BYTES = 32 * 1024 * 1024;
    private static final int NANO_DEGREES_PER_UNIT = 100;
    private static final int READ_BUFFER_BYTES = 256 * 1024;
    private static final Set<String> FEATURES_KNOWN = Set.of("OsmSchema-V0.6", "DenseNodes");

    private final Path path;
    private final long size;

    /** Opens nothing yet; {@link #read} does. */
    OsmFile(Path path) throws IOException {
        this.path = path;
        this.size = MapFile.requireContent(path);
    }

    /** In bytes. */
    long size() {
        return size;
    }

    /**
     * Reads the whole file.
     *
     * @param position is told after each block how many bytes are read
     * @throws MapFileException for a file that is not a complete PBF
     * @throws InterruptedIOException when the thread is interrupted, between two blocks
     */
    void read(OsmVisitor visitor, LongConsumer position) throws IOException {
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(path), READ_BUFFER_BYTES))) {
            long at = 0;
            while (at < size) {
                if (Thread.interrupted()) {
                    throw new InterruptedIOException("interrupted while reading " + path.getFileName());
                }
                at = readBlock(in, at, visitor);
                position.accept(at);
            }
        }
    }

    private long readBlock(DataInputStream in, long at, OsmVisitor visitor) throws IOException {
        if (size - at < Integer.BYTES) {
            throw fault(at, "the file is cut short");
        }
        int headerBytes = in.readInt();
        if (headerBytes <= 0 || headerBytes > MAX_HEADER_BYTES) {
            throw fault(at, "there is no block of an OpenStreetMap PBF");
        }
        try {
            Fileformat.BlobHeader header =
                    Fileformat.BlobHeader.parseFrom(readBytes(in, at, at + Integer.BYTES, headerBytes));
            int blobBytes = header.getDatasize();
            if (blobBytes < 0 || blobBytes > MAX_BLOB_BYTES) {
                throw fault(
                        at,
                        "a block of " + blobBytes + " bytes is announced, at most " + MAX_BLOB_BYTES + " are allowed");
            }
            long blobAt = at + Integer.BYTES + headerBytes;
            byte[] blob = readBytes(in, at, blobAt, blobBytes);
            boolean first = at == 0;
            if (first != header.getType().equals("OSMHeader")) {
                if (first) {
                    throw fault(at, "the header of an OpenStreetMap PBF is missing");
                }
            } else if (first) {
                checkHeader(at, Osmformat.HeaderBlock.parseFrom(unpack(at, blob)));
            } else if (header.getType().equals("OSMData")) {
                new Block(Osmformat.PrimitiveBlock.parseFrom(unpack(at, blob))).visit(visitor);
            }
            // Blocks of other types are to be skipped (the format's own rule).
            return blobAt + blobBytes;
        } catch (InvalidProtocolBufferException e) {
            throw new MapFileException(path, at, "the block is damaged", e);
        } catch (MapDataException e) {
            throw new MapFileException(path, at, e.fault(), e);
        }
    }

    private byte[] readBytes(DataInputStream in, long blockAt, long at, int count) throws IOException {
        if (count > size - at) {
            throw fault(blockAt, "the block is cut short: " + (size - at) + " of " + count + " bytes are there");
        }
        byte[] bytes = new byte[count];
        in.readFully(bytes);
        return bytes;
    }

    private ByteString unpack(long at, byte[] blobBytes) throws IOException {
        Fileformat.Blob blob = Fileformat.Blob.parseFrom(blobBytes);
        if (blob.hasRaw()) {
            return blob.getRaw();
        }
        if (!blob.hasZlibData()) {
            throw fault(at, "the block is compressed by something else than zlib: " + blob.getDataCase());
        }
        int rawSize = blob.getRawSize();
        if (rawSize < 0 || rawSize > MAX_BLOB_BYTES) {
            throw fault(
                    at, "a block of " + rawSize + " bytes is announced, at most " + MAX_BLOB_BYTES + " are allowed");
        }
        byte[] raw = new byte[rawSize];
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(blob.getZlibData().asReadOnlyByteBuffer());
            int done = 0;
            while (done < rawSize) {
                int n = inflater.inflate(raw, done, rawSize - done);
                if (n == 0) {
                    throw fault(at, "the compressed block ends early");
                }
                done += n;
            }
        } catch (DataFormatException e) {
            throw new MapFileException(path, at, "the compressed block is damaged", e);
        } finally {
            inflater.end();
        }
        return ByteString.copyFrom(raw);
    }

    private void checkHeader(long at, Osmformat.HeaderBlock header) throws MapFileException {
        for (String feature : header.getRequiredFeaturesList()) {
            if (!FEATURES_KNOWN.contains(feature)) {
                throw fault(at, "a feature is required that is not known here: " + feature.replaceAll("[^\\w.-]", "?"));
            }
        }
    }

    private MapFileException fault(long at, String fault) {
        return new MapFileException(path, at, fault);
    }

    /** One PrimitiveBlock: its elements refer to its table of strings, and count coordinates in its own unit. */
    private static final class Block {

        private final Osmformat.PrimitiveBlock block;
        private final String[] texts;

        Block(Osmformat.PrimitiveBlock block) {
            this.block = block;
            this.texts = new String[block.getStringtable().getSCount()];
        }

        void visit(OsmVisitor visitor) throws MapDataException {
            for (Osmformat.PrimitiveGroup group : block.getPrimitivegroupList()) {
                for (Osmformat.Node node : group.getNodesList()) {
                    visitor.node(
                            node.getId(),
                            units(node.getId(), block.getLonOffset(), node.getLon(), 180),
                            units(node.getId(), block.getLatOffset(), node.getLat(), 90),
                            tags(node.getKeysList(), node.getValsList()));
                }
                visitDense(group.getDense(), visitor);
                for (Osmformat.Way way : group.getWaysList()) {
                    long[] nodes = new long[way.getRefsCount()];
                    long id = 0;
                    for (int i = 0; i < nodes.length; i++) {
                        id += way.getRefs(i);
                        nodes[i] = id;
                    }
                    visitor.way(way.getId(), tags(way.getKeysList(), way.getValsList()), nodes);
                }
                for (Osmformat.Relation relation : group.getRelationsList()) {
                    visitor.relation(
                            relation.getId(), tags(relation.getKeysList(), relation.getValsList()), members(relation));
                }
            }
        }

        private void visitDense(Osmformat.DenseNodes dense, OsmVisitor visitor) throws MapDataException {
            int count = dense.getIdCount();
            if (dense.getLonCount() != count || dense.getLatCount() != count) {
                throw new MapDataException("the nodes have not as many coordinates as ids");
            }
            long id = 0;
            long longitude = 0;
            long latitude = 0;
            int at = 0;
            int end = dense.getKeysValsCount();
            for (int i = 0; i < count; i++) {
                id += dense.getId(i);
                longitude += dense.getLon(i);
                latitude += dense.getLat(i);
                Map<String, String> tags = Map.of();
                // key, value, key, value, 0 for each node; nothing at all if no node of the block has tags.
                while (at < end && dense.getKeysVals(at) != 0) {
                    if (tags.isEmpty()) {
                        tags = new HashMap<>();
                    }
                    if (at + 1 >= end) {
                        throw new MapDataException("the tags of node " + id + " end early");
                    }
                    tags.put(text(dense.getKeysVals(at)), text(dense.getKeysVals(at + 1)));
                    at += 2;
                }
                at++;
                visitor.node(
                        id,
                        units(id, block.getLonOffset(), longitude, 180),
                        units(id, block.getLatOffset(), latitude, 90),
                        tags);
            }
        }

        private List<Member> members(Osmformat.Relation relation) throws MapDataException {
            int count = relation.getMemidsCount();
            if (relation.getTypesCount() != count || relation.getRolesSidCount() != count) {
                throw new MapDataException(
                        "relation " + relation.getId() + " has not as many types and roles as members");
            }
            List<Member> members = new ArrayList<>(count);
            long id = 0;
            for (int i = 0; i < count; i++) {
                id += relation.getMemids(i);
                MemberType type =
                        switch (relation.getTypes(i)) {
                            case NODE -> MemberType.NODE;
                            case WAY -> MemberType.WAY;
                            case RELATION -> MemberType.RELATION;
                        };
                members.add(new Member(type, id, text(relation.getRolesSid(i))));
            }
            return members;
        }

        private int units(long id, long offset, long value, int maxDegrees) throws MapDataException {
            long nanoDegrees = offset + block.getGranularity() * value;
            if (Math.abs(nanoDegrees) > maxDegrees * 1_000_000_000L) {
                throw new MapDataException("node " + id + " is not on earth");
            }
            return (int) Math.round((double) nanoDegrees / NANO_DEGREES_PER_UNIT);
        }

        private Map<String, String> tags(List<Integer> keys, List<Integer> values) throws MapDataException {
            if (keys.size() != values.size()) {
                throw new MapDataException("an element has not as many values as keys");
            }
            if (keys.isEmpty()) {
                return Map.of();
            }
            Map<String, String> tags = new HashMap<>();
            for (int i = 0; i < keys.size(); i++) {
                tags.put(text(keys.get(i)), text(values.get(i)));
            }
            return tags;
        }

        private String text(int index) throws MapDataException {
            if (index < 0 || index >= texts.length) {
                throw new MapDataException("text " + index + " is asked for, there are " + texts.length);
            }
            String text = texts[index];
            if (text == null) {
                // Neither PostgreSQL nor the wire takes a NUL in a text.
                text = block.getStringtable().getS(index).toStringUtf8().replace("\0", "");
                texts[index] = text;
            }
            return text;
        }
    }
}
