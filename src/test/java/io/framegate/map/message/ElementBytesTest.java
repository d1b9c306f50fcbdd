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

    @Test
    void writesATurnRuleAsDocumented() {
        assertBytes(
                new PassInfo(
                        204_800,
                        1,
                        4097,
                        10,
                        List.of(8192L, 8193L),
                        12288,
                        PassRule.ONLY,
                        Turn.U_TURN,
                        95_000_000,
                        471_000_000,
                        (byte) 14,
                        "hgv",
                        "psv",
                        ""),
                "0020030000000000 01000000 0110000000000000 0a00000000000000"
                        + "02000000 0020000000000000 0120000000000000 0030000000000000 01000000 03000000"
                        + "c095a905 c0e3121c 0e 03000000 686776 03000000 707376 00000000");
    }

    @Test
    void writesTheHeightsOfABuildingAsDocumented() {
        assertBytes(
                new Polygon3DInfo(
                        15,
                        1,
                        true,
                        12.5f,
                        HeightOrigin.MEASURED,
                        3,
                        HeightOrigin.LEVELS,
                        (short) 4,
                        (short) 1,
                        RoofShape.GABLED,
                        2.25f,
                        HeightOrigin.MEASURED,
                        (short) 1,
                        (byte) 13),
                "0f00000000000000 01000000 01 00004841 02000000 00004040 01000000 0400 0100 03000000"
                        + "00001040 02000000 0100 0d");
    }

    @Test
    void writesTheHeightsOfALineAsDocumented() {
        assertBytes(
                new Height3DInfo(
                        4097, LineKind.LINK, 1, LevelOrigin.LAYER, (byte) 2, (byte) 7, new int[] {1000, 0}, new int[] {
                            Height3DInfo.UNKNOWN, 44_000
                        }),
                "0110000000000000 01000000 01000000 01000000 02 07 02000000 e8030000 00000000"
                        + "02000000 00000080 e0ab0000");
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
