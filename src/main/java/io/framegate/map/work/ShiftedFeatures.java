package io.framegate.map.work;

import io.framegate.codec.RecordCodec;
import io.framegate.codec.WireReader;
import io.framegate.codec.WireWriter;
import io.framegate.map.message.Link;
import io.framegate.map.message.Node;
import io.framegate.map.message.PassInfo;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polyline;
import io.framegate.map.store.EncodedFeatures;
import io.framegate.map.store.FeatureKind;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Features that are stored ready to send on one datum, made ready to send on another: each is decoded, its coordinates are
 * shifted, and it is encoded again. A record does not change its size by that.
 *
 * <p>Safe for several threads.
 */
final class ShiftedFeatures {

    private static final int NO_MESSAGE = 0;

    private static final Shifter<Link> LINKS = new Shifter<>(
            Link.class,
            (link, shift) -> new Link(
                    link.id(),
                    link.version(),
                    link.fromNode(),
                    link.toNode(),
                    link.roadClass(),
                    link.direction(),
                    link.lanes(),
                    link.speedKmh(),
                    link.layer(),
                    link.minZoom(),
                    link.name(),
                    shift.points(link.points())));

    private static final Shifter<Node> NODES = new Shifter<>(Node.class, (node, shift) -> {
        int[] place = shift.units(new int[] {node.longitudeE7(), node.latitudeE7()});
        return new Node(
                node.id(), node.version(), node.kind(), place[0], place[1], node.minZoom(), node.name(), node.links());
    });

    private static final Shifter<Polygon> POLYGONS = new Shifter<>(Polygon.class, ShiftedFeatures::shifted);

    private static final Shifter<Polyline> POLYLINES = new Shifter<>(
            Polyline.class,
            (line, shift) -> new Polyline(
                    line.id(),
                    line.version(),
                    line.kind(),
                    line.layer(),
                    line.minZoom(),
                    line.name(),
                    shift.points(line.points())));

    private static final Shifter<PassInfo> PASS_INFOS = new Shifter<>(PassInfo.class, (rule, shift) -> {
        int[] place = shift.units(new int[] {rule.longitudeE7(), rule.latitudeE7()});
        return rule.placed(place[0], place[1], rule.minZoom());
    });

    private ShiftedFeatures() {}

    /** The same features with all coordinates shifted; heights have none, so they stay as they are. */
    static EncodedFeatures of(FeatureKind kind, EncodedFeatures features, DatumShift shift) {
        return switch (kind) {
            case LINKS -> LINKS.shifted(features, shift);
            case NODES -> NODES.shifted(features, shift);
            case POLYGONS -> POLYGONS.shifted(features, shift);
            case POLYLINES -> POLYLINES.shifted(features, shift);
            case PASS_INFOS -> PASS_INFOS.shifted(features, shift);
            case POLYGON_3D_INFOS, HEIGHT_3D_INFOS -> features;
        };
    }

    /** The same polygon with all coordinates shifted. */
    static Polygon shifted(Polygon polygon, DatumShift shift) {
        List<Polygon.Ring> rings = polygon.rings().stream()
                .map(ring -> new Polygon.Ring(ring.hole(), shift.points(ring.points())))
                .toList();
        return new Polygon(
                polygon.id(),
                polygon.version(),
                polygon.kind(),
                polygon.layer(),
                polygon.minZoom(),
                polygon.name(),
                rings);
    }

    /** One kind. */
    private static final class Shifter<T extends Record> {

        private final RecordCodec<T> codec;
        private final BiFunction<T, DatumShift, T> shifted;

        Shifter(Class<T> type, BiFunction<T, DatumShift, T> shifted) {
            this.codec = RecordCodec.of(type);
            this.shifted = shifted;
        }

        EncodedFeatures shifted(EncodedFeatures features, DatumShift shift) {
            byte[] bytes = features.bytes();
            WireReader in = new WireReader(NO_MESSAGE, bytes, 0, bytes.length, Integer.MAX_VALUE);
            WireWriter out = new WireWriter(0, bytes.length);
            for (int i = 0; i < features.count(); i++) {
                codec.encode(shifted.apply(codec.decode(in), shift), out);
            }
            return new EncodedFeatures(features.count(), Arrays.copyOf(out.array(), out.length()));
        }
    }
}
