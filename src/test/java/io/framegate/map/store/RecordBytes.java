package io.framegate.map.store;

import io.framegate.codec.RecordCodec;
import io.framegate.codec.WireReader;
import io.framegate.map.message.Height3DInfo;
import io.framegate.map.message.Link;
import io.framegate.map.message.Node;
import io.framegate.map.message.PassInfo;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polygon3DInfo;
import io.framegate.map.message.Polyline;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Takes answers apart. */
final class RecordBytes {

    /** In the order of {@link FeatureKind}. */
    private static final List<RecordCodec<?>> CODECS = List.of(
            RecordCodec.of(Link.class),
            RecordCodec.of(Node.class),
            RecordCodec.of(Polygon.class),
            RecordCodec.of(Polyline.class),
            RecordCodec.of(PassInfo.class),
            RecordCodec.of(Polygon3DInfo.class),
            RecordCodec.of(Height3DInfo.class));

    private RecordBytes() {}

    /** The records of an answer, which has no byte besides. */
    static List<byte[]> apart(FeatureKind kind, byte[] bytes, int count) {
        WireReader in = new WireReader(0, bytes, 0, bytes.length, Integer.MAX_VALUE);
        List<byte[]> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int begin = bytes.length - in.remaining();
            CODECS.get(kind.ordinal()).decode(in);
            records.add(Arrays.copyOfRange(bytes, begin, bytes.length - in.remaining()));
        }
        if (in.remaining() > 0) {
            throw new AssertionError(in.remaining() + " bytes after the last of " + count);
        }
        return records;
    }

    /** As the database gives it. */
    static String md5(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
