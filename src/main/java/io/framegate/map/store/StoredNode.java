package io.framegate.map.store;

import io.framegate.map.message.Node;
import io.framegate.map.message.NodeKind;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.util.List;

/** A row of {@code map.node}. Which links it joins, the links say. */
@Entity
@Table(schema = "map", name = "node")
public class StoredNode extends StoredFeature {

    @Convert(converter = CodedConverter.OfNodeKind.class)
    private NodeKind kind = NodeKind.PLAIN;

    @Column(name = "longitude_e7")
    private int longitudeE7;

    @Column(name = "latitude_e7")
    private int latitudeE7;

    /** For Jakarta Persistence. */
    protected StoredNode() {}

    /**
     * The record that crosses the wire.
     *
     * @param links the ids of the links that begin or end here, ascending
     */
    public Node toMessage(List<Long> links) {
        return new Node(id(), version(), kind, longitudeE7, latitudeE7, minZoom(), name(), links);
    }
}
