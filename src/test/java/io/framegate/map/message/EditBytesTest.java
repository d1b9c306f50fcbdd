package io.framegate.map.message;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.framegate.codec.RecordCodec;
import io.framegate.codec.WireReader;
import io.framegate.codec.WireWriter;
import io.framegate.message.RecordList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes of the messages of edits and of version 2, written down by hand from their layouts. */
class EditBytesTest {

    @Test
    void writesASaveAsDocumented() {
        assertBytes(
                new SaveFeatures(
                        "k",
                        "Ä",
                        "",
                        List.of(),
                        List.of(new Node(-1, 0, NodeKind.STOP, 16, -1, (byte) 7, "", List.of())),
                        List.of(),
                        List.of(),
                        List.of(new PassInfo(
                                0,
                                0,
                                5,
                                -1,
                                List.of(6L),
                                7,
                                PassRule.ONLY,
                                Turn.U_TURN,
                                0,
                                0,
                                (byte) 0,
                                "hgv",
                                "",
                                "")),
                        List.of(new Deletion(ElementKind.PASS_INFO, 256, 3))),
                "01000000 6b00  01000000 c400  00000000  00000000"
                        + "01000000 ffffffffffffffff 00000000 03000000 10000000 ffffffff 07 00000000 00000000"
                        + "00000000 00000000"
                        + "01000000 0000000000000000 00000000 0500000000000000 ffffffffffffffff"
                        + "01000000 0600000000000000 0700000000000000 01000000 03000000 00000000 00000000 00"
                        + "03000000 686776 00000000 00000000"
                        + "01000000 04000000 0001000000000000 03000000");
    }

    @Test
    void writesAResultAsDocumented() {
        assertBytes(
                new SaveResult(
                        SaveResult.Outcome.CONFLICT,
                        9,
                        List.of(new SaveResult.Saved(ElementKind.LINK, -1, 1L << 52, 1)),
                        List.of(new SaveResult.Conflict(ElementKind.NODE, 5, 0, true)),
                        List.of(new SaveResult.Problem(ElementKind.POLYLINE, 2, "A"))),
                "01000000 0900000000000000"
                        + "01000000 00000000 ffffffffffffffff 0000000000001000 01000000"
                        + "01000000 01000000 0500000000000000 00000000 01"
                        + "01000000 03000000 0200000000000000 01000000 4100");
    }

    @Test
    void writesChangesAsDocumented() {
        assertBytes(
                new LoadChangesSince("", -1, 2, List.of(new Area(Ellipsoid.GRS80, 0, 0, 0, 1, 2))),
                "00000000 ffffffffffffffff 02000000 01000000 02000000 00000000"
                        + "0000000000000000 0000000000000000 000000000000f03f 0000000000000040");
        assertBytes(
                new Changes(
                        3,
                        8,
                        true,
                        List.of(new Changes.Change(
                                8, 1000, "A", ElementKind.LINK, 7, 2, Changes.Operation.DELETED, new byte[] {1, 2}))),
                "03000000 0800000000000000 01 01000000 0800000000000000 e803000000000000 01000000 4100"
                        + "00000000 0700000000000000 02000000 02000000 02000000 0102");
    }

    @Test
    void writesRequestsAndAnswersOfVersion2AsDocumented() {
        assertBytes(
                new LoadNodesByMapIdV2(new Sheet(5, "A"), new PageRequest("d", 10, 0, "c", true, false)),
                "05000000 01000000 4100  01000000 6400 0a000000 00000000 01000000 63 01 00");
        assertBytes(
                new LoadPassInfosByMapIdV2(new Sheet(5, "A"), new PageRequest("", 0, 2, "", false, false)),
                "05000000 01000000 4100  00000000 00000000 02000000 00000000 00 00");
        assertBytes(
                new PassInfosV2(
                        RecordList.of(List.of()), new PageEnd(true, PageEnd.Reason.COMPLETE, "", List.of(), List.of())),
                "00000000 01 00000000 00000000 00000000 00000000");
        assertBytes(
                new LoadPolygon3DInfosByAreaV2(
                        new Area(Ellipsoid.GRS80, 5, 0, 0, 1, 2), new PageRequest("", 1, 0, "", false, false)),
                "02000000 05000000 0000000000000000 0000000000000000 000000000000f03f 0000000000000040"
                        + "00000000 01000000 00000000 00000000 00 00");
        assertBytes(
                new LoadHeight3DInfosByAreaV2(
                        new Area(Ellipsoid.WGS84, 0, 0, 0, 1, 2), new PageRequest("d", 0, 0, "c", false, false)),
                "00000000 00000000 0000000000000000 0000000000000000 000000000000f03f 0000000000000040"
                        + "01000000 6400 00000000 00000000 01000000 63 00 00");
        assertBytes(
                new Polygon3DInfosV2(
                        RecordList.of(List.of()),
                        new PageEnd(false, PageEnd.Reason.ROW_LIMIT, "c", List.of(), List.of())),
                "00000000 00 01000000 01000000 63 00000000 00000000");
        assertBytes(
                new Height3DInfosV2(
                        RecordList.of(List.of()), new PageEnd(true, PageEnd.Reason.COMPLETE, "", List.of(), List.of())),
                "00000000 01 00000000 00000000 00000000 00000000");
        assertBytes(
                new PolygonsV2(
                        RecordList.of(List.of()),
                        new PageEnd(false, PageEnd.Reason.BYTE_LIMIT, "c", List.of(4L), List.of())),
                "00000000 00 02000000 01000000 63 01000000 0400000000000000 00000000");
    }

    private static <T extends Record> void assertBytes(T message, String hex) {
        @SuppressWarnings("unchecked")
        RecordCodec<T> codec = RecordCodec.of((Class<T>) message.getClass());
        WireWriter out = new WireWriter(0, 1000);
        codec.encode(message, out);
        String expected = hex.replace(" ", "");
        assertEquals(expected, HexFormat.of().formatHex(out.array(), 0, out.length()));

        WireReader in = new WireReader(0, out.array(), 0, out.length());
        WireWriter again = new WireWriter(0, 1000);
        codec.encode(codec.decode(in), again);
        assertEquals(0, in.remaining());
        assertEquals(expected, HexFormat.of().formatHex(again.array(), 0, again.length()));
    }
}
