package io.framegate.map.store;

import io.framegate.codec.RecordCodec;
import io.framegate.map.message.PassInfo;
import io.framegate.map.message.PassRule;
import io.framegate.map.message.Turn;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.util.List;

/** A row of {@code map.pass_info}. Its place and its zoom level follow from its node and links. */
@Entity
@Table(schema = "map", name = "pass_info")
public class StoredPassInfo extends StoredElement {

    private static final RecordCodec<PassInfo> CODEC = RecordCodec.of(PassInfo.class);

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

    private String vehicles = "";

    @Column(name = "except_vehicles")
    private String except = "";

    private String condition = "";

    /** For Jakarta Persistence. */
    protected StoredPassInfo() {}

    /**
     * A new rule.
     *
     * @param id of its own; that of the record does not count
     */
    public StoredPassInfo(int dataSet, long id, PassInfo passInfo) {
        super(dataSet, id);
        change(passInfo);
    }

    /** Becomes what the record says; its id and version do not count. */
    public final void change(PassInfo passInfo) {
        fromLink = passInfo.fromLink();
        viaNode = passInfo.viaNode();
        viaLinks = passInfo.viaLinks();
        toLink = passInfo.toLink();
        rule = passInfo.rule();
        turn = passInfo.turn();
        longitudeE7 = passInfo.longitudeE7();
        latitudeE7 = passInfo.latitudeE7();
        vehicles = passInfo.vehicles();
        except = passInfo.except();
        condition = passInfo.condition();
        become(passInfo.minZoom(), encode(CODEC, message(nextVersion(), passInfo.minZoom())));
    }

    @Override
    public Box box() {
        return new Box(longitudeE7, latitudeE7, longitudeE7, latitudeE7);
    }

    /** The record that crosses the wire. */
    public PassInfo toMessage() {
        return message(version(), minZoom());
    }

    private PassInfo message(int version, byte minZoom) {
        return new PassInfo(
                id(),
                version,
                fromLink,
                viaNode,
                viaLinks,
                toLink,
                rule,
                turn,
                longitudeE7,
                latitudeE7,
                minZoom,
                vehicles,
                except,
                condition);
    }
}
