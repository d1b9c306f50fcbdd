package io.framegate.map.store;

import io.framegate.map.message.Changes.Change;
import io.framegate.map.message.Changes.Operation;
import io.framegate.map.message.ElementKind;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.OffsetDateTime;

/** A row of {@code map.change}: one change of one feature. Written by saves, in statements of many rows, never changed. */
@Entity
@Table(schema = "map", name = "change")
public class StoredChange {

    @Id
    private long number;

    @Column(name = "data_set")
    private int dataSet;

    @Column(name = "changed_at")
    private OffsetDateTime changedAt = OffsetDateTime.MIN;

    private String author = "";

    @Convert(converter = CodedConverter.OfElementKind.class)
    private ElementKind kind = ElementKind.LINK;

    @Column(name = "feature_id")
    private long featureId;

    private int version;

    @Convert(converter = CodedConverter.OfOperation.class)
    private Operation operation = Operation.CHANGED;

    private byte[] record = {};

    private int west;
    private int south;
    private int east;
    private int north;

    /** For Jakarta Persistence. */
    protected StoredChange() {}

    /** Its place in the order of all changes. */
    public long number() {
        return number;
    }

    /** The record that crosses the wire. */
    public Change toMessage() {
        return new Change(
                number, changedAt.toInstant().toEpochMilli(), author, kind, featureId, version, operation, record);
    }
}
