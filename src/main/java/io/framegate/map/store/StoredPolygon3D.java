package io.framegate.map.store;

import io.framegate.codec.RecordCodec;
import io.framegate.codec.WireReader;
import io.framegate.map.message.Polygon3DInfo;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;

/** A row of {@code map.polygon_3d}: made by a load, it follows its polygon from then on. */
@Entity
@Table(schema = "map", name = "polygon_3d")
@IdClass(FeatureId.class)
public class StoredPolygon3D {

    private static final RecordCodec<Polygon3DInfo> CODEC = RecordCodec.of(Polygon3DInfo.class);
    private static final int NO_MESSAGE = 0;

    @Id
    @Column(name = "data_set")
    private int dataSet;

    @Id
    private long id;

    @Column(name = "min_zoom")
    private short minZoom;

    private int west;
    private int south;
    private int east;
    private int north;

    private byte[] record = {};

    /** For Jakarta Persistence. */
    protected StoredPolygon3D() {}

    /** That of the polygon. */
    public long id() {
        return id;
    }

    /** The record that crosses the wire. */
    public Polygon3DInfo toMessage() {
        return CODEC.decode(new WireReader(NO_MESSAGE, record, 0, record.length));
    }

    /** Lies where its polygon does and is shown from where it is; only the latter makes a new version of it. */
    public void follow(Box box, byte zoom) {
        west = box.west();
        south = box.south();
        east = box.east();
        north = box.north();
        if (minZoom != zoom) {
            minZoom = zoom;
            Polygon3DInfo info = toMessage();
            record = StoredElement.encode(
                    CODEC,
                    new Polygon3DInfo(
                            info.id(),
                            info.version() + 1,
                            info.part(),
                            info.heightM(),
                            info.heightOrigin(),
                            info.minHeightM(),
                            info.minHeightOrigin(),
                            info.levels(),
                            info.minLevel(),
                            info.roofShape(),
                            info.roofHeightM(),
                            info.roofHeightOrigin(),
                            info.roofLevels(),
                            zoom));
        }
    }
}
