package io.framegate.map.store;

import io.framegate.map.message.PassInfo;
import io.framegate.map.message.PassRule;
import io.framegate.map.message.Turn;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.util.List;

/** A row of {@code map.pass_info}. A rule has no name, so it is no {@link StoredFeature}. */
@Entity
@Table(schema = "map", name = "pass_info")
@IdClass(FeatureId.class)
public class StoredPassInfo {

    @Id
    @Column(name = "data_set")
    private int dataSet;

    @Id
    private long id;

    @Version
    private int version;

    @Column(name = "from_link")
    private long fromLink;

    @Column(name = "via_node")
    private long viaNode;

    @Column(name = "via_links")
    @Convert(converter = IdsConverter.class)
    private List<Long> viaLinks = List.of();

    @Column(name = "to_link")
    private long toLink;

    @Convert(converter = CodedConverter.OfPassRule.class)
    private PassRule rule = PassRule.FORBIDDEN;

    @Convert(converter = CodedConverter.OfTurn.class)
    private Turn turn = Turn.STRAIGHT;

    @Column(name = "longitude_e7")
    private int longitudeE7;

    @Column(name = "latitude_e7")
    private int latitudeE7;

    @Column(name = "min_zoom")
    private short minZoom;

    private String vehicles = "";

    @Column(name = "except_vehicles")
    private String except = "";

    private String condition = "";

    private byte[] record = {};

    /** For Jakarta Persistence. */
    protected StoredPassInfo() {}

    /** The record that crosses the wire. */
    public PassInfo toMessage() {
        return new PassInfo(
                id,
                version,
                fromLink,
                viaNode,
                viaLinks,
                toLink,
                rule,
                turn,
                longitudeE7,
                latitudeE7,
                (byte) minZoom,
                vehicles,
                except,
                condition);
    }

    /** The element as it goes over the wire: the same as the attributes say, encoded. Not a copy. */
    public byte[] encoded() {
        return record;
    }
}
