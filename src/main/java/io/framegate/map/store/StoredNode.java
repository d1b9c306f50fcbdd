package io.framegate.map.store;

import io.framegate.codec.RecordCodec;
import io.framegate.map.message.Node;
import io.framegate.map.message.NodeKind;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.util.Arrays;
import java.util.List;

/** A row of {@code map.node}. Which links it joins, the links say; its encoded record says it too. */
@Entity
@Table(schema = "map", name = "node")
public class StoredNode extends StoredFeature {

    private static final RecordCodec<Node> CODEC = RecordCodec.of(Node.class);

    @Convert(converter = CodedConverter.OfNodeKind.class)
    private NodeKind kind = NodeKind.PLAIN;

    @Column(name = "longitude_e7")
    private int longitudeE7;

    @Column(name = "latitude_e7")
    private int latitudeE7;

    /** For Jakarta Persistence. */
    protected StoredNode() {}

    /**
     * A new node.
     *
     * @param id of its own; that of the record does not count
     */
    public StoredNode(int dataSet, long id, Node node) {
        super(dataSet, id);
        change(node);
    }

    /** Becomes what the record says; its id and version do not count. */
    public final void change(Node node) {
        kind = node.kind();
        longitudeE7 = node.longitudeE7();
        latitudeE7 = node.latitudeE7();
        become(
                node.minZoom(),
                node.name(),
                encode(CODEC, message(nextVersion(), node.minZoom(), node.name(), node.links())));
    }

    /** Whether it is what a record says, its list of links included. */
    public boolean isAlready(Node node) {
        return Arrays.equals(encoded(), encode(CODEC, node));
    }

    /** In 1e-7 degree. */
    public int longitudeE7() {
        return longitudeE7;
    }

    /** In 1e-7 degree. */
    public int latitudeE7() {
        return latitudeE7;
    }

    @Override
    public Box box() {
        return new Box(longitudeE7, latitudeE7, longitudeE7, latitudeE7);
    }

    /**
     * The record that crosses the wire.
     *
     * @param links the ids of the links that begin or end here, ascending
     */
    public Node toMessage(List<Long> links) {
        return message(version(), minZoom(), name(), links);
    }

    private Node message(int version, byte minZoom, String name, List<Long> links) {
        return new Node(id(), version, kind, longitudeE7, latitudeE7, minZoom, name, links);
    }
}
