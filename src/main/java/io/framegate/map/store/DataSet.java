package io.framegate.map.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.OffsetDateTime;

/** A row of {@code map.data_set}: features that were loaded together, from one source. Made by a load only. */
@Entity
@Table(schema = "map", name = "data_set")
public class DataSet {

    @Id
    private int id;

    private String name = "";
    private String source = "";
    private String attribution = "";

    @Column(name = "loaded_at")
    private OffsetDateTime loadedAt = OffsetDateTime.MIN;

    private int links;
    private int nodes;
    private int polygons;
    private int polylines;

    @Column(name = "pass_infos")
    private int passInfos;

    @Column(name = "polygons_3d")
    private int polygons3D;

    @Column(name = "heights_3d")
    private int heights3D;

    /** For Jakarta Persistence. */
    protected DataSet() {}

    /** Also the key of its partitions. */
    public int id() {
        return id;
    }

    /** Unique. */
    public String name() {
        return name;
    }

    /** The file that it was loaded from. */
    public String source() {
        return source;
    }

    /** Whom the data is by; to be shown wherever it is. */
    public String attribution() {
        return attribution;
    }

    /** When it was loaded. */
    public OffsetDateTime loadedAt() {
        return loadedAt;
    }

    /** How many links were loaded. */
    public int links() {
        return links;
    }

    /** How many nodes were loaded. */
    public int nodes() {
        return nodes;
    }

    /** How many polygons were loaded. */
    public int polygons() {
        return polygons;
    }

    /** How many polylines were loaded. */
    public int polylines() {
        return polylines;
    }

    /** How many turn rules were loaded. */
    public int passInfos() {
        return passInfos;
    }

    /** How many buildings and parts of buildings were loaded with their heights. */
    public int polygons3D() {
        return polygons3D;
    }

    /** How many links and polylines were loaded with their heights. */
    public int heights3D() {
        return heights3D;
    }
}
