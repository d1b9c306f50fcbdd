package io.framegate.map.store;

import io.framegate.map.message.Direction;
import io.framegate.map.message.Link;
import io.framegate.map.message.RoadClass;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;

/** A row of {@code map.link}. */
@Entity
@Table(schema = "map", name = "link")
public class StoredLink extends StoredFeature {

    @Column(name = "from_node")
    private long fromNode;

    @Column(name = "to_node")
    private long toNode;

    @Column(name = "road_class")
    @Convert(converter = CodedConverter.OfRoadClass.class)
    private RoadClass roadClass = RoadClass.OTHER;

    @Convert(converter = CodedConverter.OfDirection.class)
    private Direction direction = Direction.BOTH;

    private short lanes;

    @Column(name = "speed_kmh")
    private short speedKmh;

    private short layer;

    @Convert(converter = LineConverter.class)
    private int[] points = {};

    private int west;
    private int south;
    private int east;
    private int north;

    /** For Jakarta Persistence. */
    protected StoredLink() {}

    /** The record that crosses the wire. */
    public Link toMessage() {
        return new Link(
                id(),
                version(),
                fromNode,
                toNode,
                roadClass,
                direction,
                (byte) lanes,
                speedKmh,
                (byte) layer,
                minZoom(),
                name(),
                points.clone());
    }
}
