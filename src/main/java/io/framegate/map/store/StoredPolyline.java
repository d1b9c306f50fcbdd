package io.framegate.map.store;

import io.framegate.map.message.Polyline;
import io.framegate.map.message.PolylineKind;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;

/** A row of {@code map.polyline}. */
@Entity
@Table(schema = "map", name = "polyline")
public class StoredPolyline extends StoredFeature {

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

    /** The record that crosses the wire. */
    public Polyline toMessage() {
        return new Polyline(id(), version(), kind, (byte) layer, minZoom(), name(), points.clone());
    }
}
