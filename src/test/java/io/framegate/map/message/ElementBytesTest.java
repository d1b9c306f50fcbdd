package io.framegate.map.message;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.framegate.codec.RecordCodec;
import io.framegate.codec.WireReader;
import io.framegate.codec.WireWriter;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes of each element, written down by hand from its layout: what clients rely on. */
class ElementBytesTest {

    private static final int[] POINTS = {95_000_000, 471_000_000, 10, -10};
    private static final String POINTS_BYTES = "04000000 c095a905 c0e3121c 0a000000 f6ffffff";

    @Test
    void writesALinkAsDocumented() {
        assertBytes(
                new Link(
                        4097,
                        1,
                        10,
                        11,
                        RoadClass.PRIMARY_LINK,
                        Direction.BACKWARD,
                        (byte) 2,
                        (short) -1,
                        (byte) -5,
                        (byte) 10,
                        "Zür",
                        POINTS),
                "0110000000000000 01000000 0a00000000000000 0b00000000000000 67000000 02000000 02 ffff fb 0a"
                        + "04000000 5ac3bc72" + POINTS_BYTES);
    }

    @Test
    void writesANodeAsDocumented() {
        assertBytes(
                new Node(10, 1, NodeKind.TRAFFIC_SIGNALS, 95_000_000, -1, (byte) 7, "", List.of(4097L, 8192L)),
                "0a00000000000000 01000000 01000000 c095a905 ffffffff 07 00000000"
                        + "02000000 0110000000000000 0020000000000000");
    }

    @Test
    void writesAPolygonAsDocumented() {
        assertBytes(
                new Polygon(
                        7,
                        1,
                        PolygonKind.WATER,
                        (byte) 0,
                        (byte) 12,
                        "",
                        List.of(new Polygon.Ring(false, POINTS), new Polygon.Ring(true, new int[] {1, 2}))),
                "0700000000000000 01000000 02000000 00 0c 00000000" + "02000000 00" + POINTS_BYTES
                        + "01 02000000 01000000 02000000");
    }

    @Test
    void writesAPolylineAsDocumented() {
        assertBytes(
                new Polyline(9, 1, PolylineKind.RAILWAY, (byte) 1, (byte) 8, "A", POINTS),
                "0900000000000000 01000000 01000000 01 08 01000000 41" + POINTS_BYTES);
    }

    private static <T extends Record> void assertBytes(T element, String hex) {
        @SuppressWarnings("unchecked")
        RecordCodec<T> codec = RecordCodec.of((Class<T>) element.getClass());
        WireWriter out = new WireWriter(0, 1000);
        codec.encode(element, out);
        String expected = hex.replace(" ", "");
        assertEquals(expected, HexFormat.of().formatHex(out.array(), 0, out.length()));

        WireReader in = new WireReader(0, out.array(), 0, out.length());
        WireWriter again = new WireWriter(0, 1000);
        codec.encode(codec.decode(in), again);
        assertEquals(0, in.remaining());
        assertEquals(expected, HexFormat.of().formatHex(again.array(), 0, again.length()));
    }
}
