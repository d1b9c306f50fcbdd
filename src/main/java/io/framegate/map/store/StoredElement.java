package io.framegate.map.store;

import io.framegate.codec.RecordCodec;
import io.framegate.codec.WireWriter;
import jakarta.persistence.Column;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.Transient;
import jakarta.persistence.Version;
import java.util.Arrays;
import org.eclipse.persistence.annotations.Customizer;

/**
 * What the rows of all that can be edited have in common: features and turn rules. An entity never crosses the wire;
 * {@code toMessage} of each gives the record that does. The box around it is no attribute: the database makes it from
 * the others.
 *
 * <p>An entity changes only as a whole, by the record that it is to become ({@code change} of each), so its attributes
 * and its encoded record cannot differ. The encoded record has the version that the entity gets when the change is
 * written, one more than it has until then or a {@linkplain #giveVersionsFrom larger} one; a new entity has version 0 until then.
 */
@MappedSuperclass
@IdClass(FeatureId.class)
@Customizer(GrowingVersions.class)
public abstract class StoredElement {

    @Id
    @Column(name = "data_set")
    private int dataSet;

    @Id
    private long id;

    @Version
    private int version;

    @Column(name = "min_zoom")
    private short minZoom;

    private byte[] record = {};

    @Transient
    private int leastVersion;

    /** For Jakarta Persistence. */
    protected StoredElement() {}

    /** A new one, not stored yet. */
    StoredElement(int dataSet, long id) {
        this.dataSet = dataSet;
        this.id = id;
    }

    /** The id of the {@link DataSet} it belongs to. */
    public int dataSet() {
        return dataSet;
    }

    /** The id on the wire. */
    public long id() {
        return id;
    }

    /** Grows with every change. */
    public int version() {
        return version;
    }

    /** The zoom level from which on it is shown. */
    public byte minZoom() {
        return (byte) minZoom;
    }

    /** The element as it goes over the wire: the same as the attributes say, encoded. Not a copy. */
    public byte[] encoded() {
        return record;
    }

    /** The box around it. */
    public abstract Box box();

    /**
     * From now on a change gives it no version below one.
     *
     * @param least such as {@link KnownHistory.Mark#leastVersion}
     */
    public void giveVersionsFrom(int least) {
        leastVersion = least;
    }

    /** The version that it will have when its next change is written. */
    int nextVersion() {
        return Math.max(version + 1, leastVersion);
    }

    /** Ends a change: what all have, and the whole encoded. */
    void become(byte newMinZoom, byte[] newRecord) {
        minZoom = newMinZoom;
        record = newRecord;
    }

    static <T extends Record> byte[] encode(RecordCodec<T> codec, T message) {
        WireWriter out = new WireWriter(0, FeatureQueries.MAX_ANSWER_BYTES);
        codec.encode(message, out);
        return Arrays.copyOf(out.array(), out.length());
    }
}
