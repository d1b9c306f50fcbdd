package io.framegate.map.store;

import io.framegate.codec.RecordCodec;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polyline;
import io.framegate.map.message.PolylineKind;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;

/** A row of {@code map.polyline}. */
@Entity
@Table(schema = "map", name = "polyline")
public class StoredPolyline extends StoredFeature {

    private static final RecordCodec<Polyline> CODEC = RecordCodec.of(Polyline.class);

    @Convert(converter = CodedConverter.OfPolylineKind.class)
    private PolylineKind kind = PolylineKind.OTHER;

    private short layer;

    @Convert(converter = LineConverter.class)
    private int[] points = {};

    private int west;
    private int south;
    private int east;
    private int north;

    /** For Jakarta Persistence. */
    protected StoredPolyline() {}

    /**
     * A new polyline.
     *
     * @param id of its own; that of the record does not count
     */
    public StoredPolyline(int dataSet, long id, Polyline polyline) {
        super(dataSet, id);
        change(polyline);
    }

    /** Becomes what the record says; its id and version do not count. */
    public final void change(Polyline polyline) {
        kind = polyline.kind();
        layer = polyline.layer();
        points = polyline.points().clone();
        Box box = Box.of(Points.absolute(points));
        west = box.west();
        south = box.south();
        east = box.east();
        north = box.north();
        become(
                polyline.minZoom(),
                polyline.name(),
                encode(CODEC, message(nextVersion(), polyline.minZoom(), polyline.name())));
    }

    @Override
    public Box box() {
        return new Box(west, south, east, north);
    }

    /** The record that crosses the wire. */
    public Polyline toMessage() {
        return message(version(), minZoom(), name());
    }

    private Polyline message(int version, byte minZoom, String name) {
        return new Polyline(id(), version, kind, (byte) layer, minZoom, name, points.clone());
    }
}
