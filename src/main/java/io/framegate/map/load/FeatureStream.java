package io.framegate.map.load;

import io.framegate.codec.RecordCodec;
import io.framegate.codec.WireWriter;
import io.framegate.map.message.Height3DInfo;
import io.framegate.map.message.Link;
import io.framegate.map.message.Node;
import io.framegate.map.message.PassInfo;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polygon3DInfo;
import io.framegate.map.message.Polyline;
import io.framegate.map.store.Box;
import io.framegate.map.store.IdsConverter;
import io.framegate.map.store.LineConverter;
import io.framegate.map.store.RingsConverter;
import java.io.Closeable;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/** Turns records into rows: their columns, and the record encoded as it goes over the wire. Not safe for several threads. */
final class FeatureStream implements Closeable {

    /** No feature is larger than an answer may be. */
    private static final int MAX_RECORD_BYTES = 100 * 1024 * 1024;

    private final Map<FeatureTable, FeatureSpool> spools = new EnumMap<>(FeatureTable.class);
    private final RecordCodec<Link> links = RecordCodec.of(Link.class);
    private final RecordCodec<Node> nodes = RecordCodec.of(Node.class);
    private final RecordCodec<Polygon> polygons = RecordCodec.of(Polygon.class);
    private final RecordCodec<Polyline> polylines = RecordCodec.of(Polyline.class);
    private final RecordCodec<PassInfo> passInfos = RecordCodec.of(PassInfo.class);
    private final RecordCodec<Polygon3DInfo> polygons3D = RecordCodec.of(Polygon3DInfo.class);
    private final RecordCodec<Height3DInfo> heights3D = RecordCodec.of(Height3DInfo.class);
    private final IdsConverter ids = new IdsConverter();
    private final LineConverter lines = new LineConverter();
    private final RingsConverter rings = new RingsConverter();
    private final WireWriter record = new WireWriter(0, MAX_RECORD_BYTES);

    FeatureStream() throws IOException {
        try {
            for (FeatureTable table : FeatureTable.values()) {
                spools.put(table, new FeatureSpool(table.tableName()));
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    FeatureSpool spool(FeatureTable table) {
        return spools.get(table);
    }

    /** All features. */
    long rows() {
        return spools.values().stream().mapToLong(FeatureSpool::rows).sum();
    }

    void add(Link link) throws IOException {
        Box bounds = Box.of(Points.absolute(link.points()));
        record.reset();
        links.encode(link, record);
        FeatureSpool row = row(FeatureTable.LINK)
                .int64(link.id())
                .int32(link.version())
                .int64(link.fromNode())
                .int64(link.toNode())
                .int32(link.roadClass().code())
                .int32(link.direction().code())
                .int16(link.lanes())
                .int16(link.speedKmh())
                .int16(link.layer())
                .int16(link.minZoom())
                .text(link.name());
        end(shape(row, lines.convertToDatabaseColumn(link.points()), bounds), bounds, link.minZoom());
    }

    void add(Node node) throws IOException {
        record.reset();
        nodes.encode(node, record);
        FeatureSpool row = row(FeatureTable.NODE)
                .int64(node.id())
                .int32(node.version())
                .int32(node.kind().code())
                .int32(node.longitudeE7())
                .int32(node.latitudeE7())
                .int16(node.minZoom())
                .text(node.name());
        end(row, new Box(node.longitudeE7(), node.latitudeE7(), node.longitudeE7(), node.latitudeE7()), node.minZoom());
    }

    void add(Polygon polygon, Box bounds) throws IOException {
        record.reset();
        polygons.encode(polygon, record);
        FeatureSpool row = row(FeatureTable.POLYGON)
                .int64(polygon.id())
                .int32(polygon.version())
                .int32(polygon.kind().code())
                .int16(polygon.layer())
                .int16(polygon.minZoom())
                .text(polygon.name());
        end(shape(row, rings.convertToDatabaseColumn(polygon.rings()), bounds), bounds, polygon.minZoom());
    }

    void add(Polyline polyline) throws IOException {
        Box bounds = Box.of(Points.absolute(polyline.points()));
        record.reset();
        polylines.encode(polyline, record);
        FeatureSpool row = row(FeatureTable.POLYLINE)
                .int64(polyline.id())
                .int32(polyline.version())
                .int32(polyline.kind().code())
                .int16(polyline.layer())
                .int16(polyline.minZoom())
                .text(polyline.name());
        end(shape(row, lines.convertToDatabaseColumn(polyline.points()), bounds), bounds, polyline.minZoom());
    }

    void add(PassInfo rule) throws IOException {
        record.reset();
        passInfos.encode(rule, record);
        byte[] viaLinks = ids.convertToDatabaseColumn(rule.viaLinks());
        FeatureSpool row = row(FeatureTable.PASS_INFO)
                .int64(rule.id())
                .int32(rule.version())
                .int64(rule.fromLink())
                .int64(rule.viaNode())
                .bytes(viaLinks, viaLinks.length)
                .int64(rule.toLink())
                .int32(rule.rule().code())
                .int32(rule.turn().code())
                .int32(rule.longitudeE7())
                .int32(rule.latitudeE7())
                .int16(rule.minZoom())
                .text(rule.vehicles())
                .text(rule.except())
                .text(rule.condition());
        end(row, new Box(rule.longitudeE7(), rule.latitudeE7(), rule.longitudeE7(), rule.latitudeE7()), rule.minZoom());
    }

    /** Takes the heights of a polygon that has these bounds. */
    void add(Polygon3DInfo heights, Box bounds) throws IOException {
        record.reset();
        polygons3D.encode(heights, record);
        FeatureSpool row = row(FeatureTable.POLYGON_3D).int64(heights.id()).int16(heights.minZoom());
        end(box(row, bounds), bounds, heights.minZoom());
    }

    /** Takes the heights of a line that has these bounds. */
    void add(Height3DInfo heights, Box bounds) throws IOException {
        record.reset();
        heights3D.encode(heights, record);
        FeatureSpool row = row(FeatureTable.HEIGHT_3D)
                .int32(heights.kind().code())
                .int64(heights.id())
                .int16(heights.minZoom());
        end(box(row, bounds), bounds, heights.minZoom());
    }

    @Override
    public void close() throws IOException {
        for (FeatureSpool spool : spools.values()) {
            spool.close();
        }
    }

    private FeatureSpool row(FeatureTable table) {
        return spool(table).row(table.columns());
    }

    private static FeatureSpool shape(FeatureSpool row, byte[] geometry, Box bounds) {
        return box(row.bytes(geometry, geometry.length), bounds);
    }

    private static FeatureSpool box(FeatureSpool row, Box bounds) {
        return row.int32(bounds.west())
                .int32(bounds.south())
                .int32(bounds.east())
                .int32(bounds.north());
    }

    private void end(FeatureSpool row, Box bounds, int zoom) throws IOException {
        SpooledFeature.end(row.bytes(record.array(), record.length()), bounds, zoom, record.length());
    }
}
