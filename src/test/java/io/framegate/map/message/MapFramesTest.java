package io.framegate.map.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.framegate.message.RecordList;
import io.framegate.testkit.Frames;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A frame of each of the map's messages, byte by byte; the golden ones were made by another program. */
class MapFramesTest {

    private static final Area AREA = new Area(Ellipsoid.WGS84, 5, 9.5, 47.1, 9.55, 47.18);
    private static final Sheet SHEET = new Sheet(Area.EVERYTHING, "N47E00905");
    private static final int[] POINTS = {95_000_000, 471_000_000, 10, -10};

    private static final PassInfo PASS_INFO = new PassInfo(
            50 * 4096,
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
            "bicycle;psv",
            "Mo-Fr 07:00-09:00");

    private static final Polygon3DInfo POLYGON_3D_INFO = new Polygon3DInfo(
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
            (byte) 13);

    private static final Height3DInfo HEIGHT_3D_INFO = new Height3DInfo(
            4097, LineKind.LINK, 1, LevelOrigin.LAYER, (byte) 2, (byte) 7, new int[] {1000, 1000, 0}, new int[] {
                Height3DInfo.UNKNOWN, 44_000, 44_117
            });

    static Stream<Arguments> frames() {
        return Stream.of(
                Arguments.of("load-polylines-by-area", new LoadPolylinesByArea(AREA)),
                Arguments.of("load-polylines-by-map-id", new LoadPolylinesByMapId(SHEET)),
                Arguments.of("load-polygons-by-area", new LoadPolygonsByArea(AREA)),
                Arguments.of("load-polygons-by-map-id", new LoadPolygonsByMapId(SHEET)),
                Arguments.of("load-links-by-area", new LoadLinksByArea(AREA)),
                Arguments.of("load-links-by-map-id", new LoadLinksByMapId(SHEET)),
                Arguments.of("load-nodes-by-area", new LoadNodesByArea(AREA)),
                Arguments.of("load-nodes-by-map-id", new LoadNodesByMapId(SHEET)),
                Arguments.of("load-pass-infos-by-area", new LoadPassInfosByArea(AREA)),
                Arguments.of("load-pass-infos-by-map-id", new LoadPassInfosByMapId(SHEET)),
                Arguments.of("load-polygon-3d-infos-by-area", new LoadPolygon3DInfosByArea(AREA)),
                Arguments.of("load-height-3d-infos-by-area", new LoadHeight3DInfosByArea(AREA)),
                Arguments.of(
                        "polylines",
                        new Polylines(RecordList.of(
                                List.of(new Polyline(9, 1, PolylineKind.RAILWAY, (byte) 1, (byte) 8, "A", POINTS))))),
                Arguments.of(
                        "polygons",
                        new Polygons(RecordList.of(List.of(new Polygon(
                                7,
                                1,
                                PolygonKind.WATER,
                                (byte) 0,
                                (byte) 12,
                                "",
                                List.of(new Polygon.Ring(false, POINTS), new Polygon.Ring(true, new int[] {1, 2}))))))),
                Arguments.of(
                        "links",
                        new Links(RecordList.of(List.of(new Link(
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
                                POINTS))))),
                Arguments.of(
                        "nodes",
                        new Nodes(RecordList.of(List.of(new Node(
                                10,
                                1,
                                NodeKind.TRAFFIC_SIGNALS,
                                95_000_000,
                                -1,
                                (byte) 7,
                                "",
                                List.of(4097L, 8192L)))))),
                Arguments.of("pass-infos", new PassInfos(RecordList.of(List.of(PASS_INFO)))),
                Arguments.of("polygon-3d-infos", new Polygon3DInfos(RecordList.of(List.of(POLYGON_3D_INFO)))),
                Arguments.of("height-3d-infos", new Height3DInfos(RecordList.of(List.of(HEIGHT_3D_INFO)))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("frames")
    void areWrittenAndReadAsTheGoldenOnes(String name, Record message) {
        byte[] golden = Frames.golden(name);
        assertArrayEquals(golden, Frames.of(message));
        assertArrayEquals(golden, Frames.of(Frames.message(golden, message.getClass())));
    }
}
