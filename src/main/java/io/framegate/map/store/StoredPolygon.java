package io.framegate.map.store;

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

    /** The record that crosses the wire. */
    public Polygon toMessage() {
        return new Polygon(id(), version(), kind, (byte) layer, minZoom(), name(), rings);
    }
}
