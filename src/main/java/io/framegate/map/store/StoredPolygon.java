package io.framegate.map.store;

import io.framegate.codec.RecordCodec;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.PolygonKind;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.util.List;

/** A row of {@code map.polygon}. */
@Entity
@Table(schema = "map", name = "polygon")
public class StoredPolygon extends StoredFeature {

    private static final RecordCodec<Polygon> CODEC = RecordCodec.of(Polygon.class);

    @Convert(converter = CodedConverter.OfPolygonKind.class)
    private PolygonKind kind = PolygonKind.OTHER;

    private short layer;

    @Convert(converter = RingsConverter.class)
    private List<Polygon.Ring> rings = List.of();

    private int west;
    private int south;
    private int east;
    private int north;

    /** For Jakarta Persistence. */
    protected StoredPolygon() {}

    /**
     * A new polygon.
     *
     * @param id of its own; that of the record does not count
     */
    public StoredPolygon(int dataSet, long id, Polygon polygon) {
        super(dataSet, id);
        change(polygon);
    }

    /** Becomes what the record says, which has at least one ring; its id and version do not count. */
    public final void change(Polygon polygon) {
        kind = polygon.kind();
        layer = polygon.layer();
        rings = polygon.rings();
        Box box = rings.stream()
                .map(ring -> Box.of(Points.absolute(ring.points())))
                .reduce(Box::with)
                .orElseThrow();
        west = box.west();
        south = box.south();
        east = box.east();
        north = box.north();
        become(
                polygon.minZoom(),
                polygon.name(),
                encode(CODEC, message(nextVersion(), polygon.minZoom(), polygon.name())));
    }

    @Override
    public Box box() {
        return new Box(west, south, east, north);
    }

    /** The record that crosses the wire. */
    public Polygon toMessage() {
        return message(version(), minZoom(), name());
    }

    private Polygon message(int version, byte minZoom, String name) {
        return new Polygon(id(), version, kind, (byte) layer, minZoom, name, rings);
    }
}
