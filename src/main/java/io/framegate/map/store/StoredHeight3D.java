package io.framegate.map.store;

import io.framegate.codec.RecordCodec;
import io.framegate.codec.WireReader;
import io.framegate.map.message.Height3DInfo;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A row of {@code map.height_3d}: made by a load, it follows its link or polyline from then on. */
@Entity
@Table(schema = "map", name = "height_3d")
@IdClass(StoredHeight3D.Key.class)
public class StoredHeight3D {

    private static final RecordCodec<Height3DInfo> CODEC = RecordCodec.of(Height3DInfo.class);
    private static final int NO_MESSAGE = 0;

    @Id
    @Column(name = "data_set")
    private int dataSet;

    /** The code of a {@link io.framegate.map.message.LineKind}: no converter may be on a part of a key. */
    @Id
    private int kind;

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
    protected StoredHeight3D() {}

    /** That of the link or polyline. */
    public long id() {
        return id;
    }

    /** The record that crosses the wire. */
    public Height3DInfo toMessage() {
        return CODEC.decode(new WireReader(NO_MESSAGE, record, 0, record.length));
    }

    /**
     * Lies where its line does and is shown from where it is.
     *
     * @param elevationsCm what is left of them
     */
    public void follow(Box box, byte zoom, int[] elevationsCm) {
        west = box.west();
        south = box.south();
        east = box.east();
        north = box.north();
        Height3DInfo info = toMessage();
        if (minZoom != zoom || elevationsCm.length != info.elevationsCm().length) {
            minZoom = zoom;
            record = StoredElement.encode(
                    CODEC,
                    new Height3DInfo(
                            info.id(),
                            info.kind(),
                            info.version() + 1,
                            info.levelOrigin(),
                            info.level(),
                            zoom,
                            info.heightsCm(),
                            elevationsCm));
        }
    }

    /** The key: links and polylines number separately. */
    public static class Key implements Serializable {

        private static final long serialVersionUID = 1L;

        private int dataSet;
        private int kind;
        private long id;

        /** For Jakarta Persistence. */
        public Key() {}

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key that && that.dataSet == dataSet && that.kind == kind && that.id == id;
        }

        @Override
        public int hashCode() {
            return Objects.hash(dataSet, kind, id);
        }

        @Override
        public String toString() {
            return dataSet + "/" + kind + "/" + id;
        }
    }
}
