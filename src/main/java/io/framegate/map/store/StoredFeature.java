package io.framegate.map.store;

import jakarta.persistence.Column;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.Version;

/**
 * What the rows of all kinds have in common. An entity never crosses the wire; {@code toMessage} of each gives the
 * record that does. The box around a feature is no attribute: the database makes it from the others.
 */
@MappedSuperclass
@IdClass(FeatureId.class)
public abstract class StoredFeature {

    @Id
    @Column(name = "data_set")
    private int dataSet;

    @Id
    private long id;

    @Version
    private int version;

    @Column(name = "min_zoom")
    private short minZoom;

    private String name = "";

    private byte[] record = {};

    /** For Jakarta Persistence. */
    protected StoredFeature() {}

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

    /** The name; may be empty. */
    public String name() {
        return name;
    }

    /** The element as it goes over the wire: the same as the attributes say, encoded. Not a copy. */
    public byte[] encoded() {
        return record;
    }
}
