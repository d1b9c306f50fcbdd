package io.framegate.map.store;

import java.io.Serializable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The key of a feature: ids are unique within a kind and a data set. */
public class FeatureId implements Serializable {

    private static final long serialVersionUID = 1L;

    private int dataSet;
    private long id;

    /** For Jakarta Persistence. */
    public FeatureId() {}

    /**
     * @param dataSet the id of the data set
     * @param id the feature's id on the wire
     */
    public FeatureId(int dataSet, long id) {
        this.dataSet = dataSet;
        this.id = id;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FeatureId that && that.dataSet == dataSet && that.id == id;
    }

    @Override
    public int hashCode() {
        return Objects.hash(dataSet, id);
    }

    @Override
    public String toString() {
        return dataSet + "/" + id;
    }
}
