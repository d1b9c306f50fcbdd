package io.framegate.map.store;

import io.framegate.codec.RecordCodec;
import io.framegate.map.message.Direction;
import io.framegate.map.message.Link;
import io.framegate.map.message.Points;
import io.framegate.map.message.RoadClass;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;

/** A row of {@code map.link}. */
@Entity
@Table(schema = "map", name = "link")
public class StoredLink extends StoredFeature {

    private static final RecordCodec<Link> CODEC = RecordCodec.of(Link.class);

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

    /**
     * A new link.
     *
     * @param id of its own; that of the record does not count
     */
    public StoredLink(int dataSet, long id, Link link) {
        super(dataSet, id);
        change(link);
    }

    /** Becomes what the record says; its id and version do not count. */
    public final void change(Link link) {
        fromNode = link.fromNode();
        toNode = link.toNode();
        roadClass = link.roadClass();
        direction = link.direction();
        lanes = link.lanes();
        speedKmh = link.speedKmh();
        layer = link.layer();
        points = link.points().clone();
        Box box = Box.of(Points.absolute(points));
        west = box.west();
        south = box.south();
        east = box.east();
        north = box.north();
        become(link.minZoom(), link.name(), encode(CODEC, message(nextVersion(), link.minZoom(), link.name())));
    }

    /** The id of the node where it begins. */
    public long fromNode() {
        return fromNode;
    }

    /** The id of the node where it ends. */
    public long toNode() {
        return toNode;
    }

    /** As in {@link Link#points()}; not a copy. */
    public int[] points() {
        return points;
    }

    @Override
    public Box box() {
        return new Box(west, south, east, north);
    }

    /** The record that crosses the wire. */
    public Link toMessage() {
        return message(version(), minZoom(), name());
    }

    private Link message(int version, byte minZoom, String name) {
        return new Link(
                id(),
                version,
                fromNode,
                toNode,
                roadClass,
                direction,
                (byte) lanes,
                speedKmh,
                (byte) layer,
                minZoom,
                name,
                points.clone());
    }
}
