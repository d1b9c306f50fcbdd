package io.framegate.map.store;

import jakarta.persistence.MappedSuperclass;

/** What the rows of all features have in common: elements that have a name. */
@MappedSuperclass
public abstract class StoredFeature extends StoredElement {

    private String name = "";

    /** For Jakarta Persistence. */
    protected StoredFeature() {}

    /** A new one, not stored yet. */
    StoredFeature(int dataSet, long id) {
        super(dataSet, id);
    }

    /** The name; may be empty. */
    public String name() {
        return name;
    }

    /** Ends a change: what all kinds have, and the whole encoded. */
    void become(byte newMinZoom, String newName, byte[] newRecord) {
        name = newName;
        become(newMinZoom, newRecord);
    }
}
