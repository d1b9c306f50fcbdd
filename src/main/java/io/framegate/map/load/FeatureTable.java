package io.framegate.map.load;

/** The tables of features, and how rows are copied into those of a load; the order is that of the schema's functions. */
enum FeatureTable {
    LINK(
            "link",
            "copy map.loading_link (id, version, from_node, to_node, road_class, direction, lanes, speed_kmh, layer,"
                    + " min_zoom, name, points, west, south, east, north, record, place)"
                    + " from stdin (format binary, freeze)",
            18),
    NODE(
            "node",
            "copy map.loading_node (id, version, kind, longitude_e7, latitude_e7, min_zoom, name, record, place)"
                    + " from stdin (format binary, freeze)",
            9),
    POLYGON(
            "polygon",
            "copy map.loading_polygon (id, version, kind, layer, min_zoom, name, rings, west, south, east, north,"
                    + " record, place) from stdin (format binary, freeze)",
            13),
    POLYLINE(
            "polyline",
            "copy map.loading_polyline (id, version, kind, layer, min_zoom, name, points, west, south, east, north,"
                    + " record, place) from stdin (format binary, freeze)",
            13),
    PASS_INFO(
            "pass_info",
            "copy map.loading_pass_info (id, version, from_link, via_node, via_links, to_link, rule, turn, longitude_e7,"
                    + " latitude_e7, min_zoom, vehicles, except_vehicles, condition, record, place)"
                    + " from stdin (format binary, freeze)",
            16),
    POLYGON_3D(
            "polygon_3d",
            "copy map.loading_polygon_3d (id, min_zoom, west, south, east, north, record, place)"
                    + " from stdin (format binary, freeze)",
            8),
    HEIGHT_3D(
            "height_3d",
            "copy map.loading_height_3d (kind, id, min_zoom, west, south, east, north, record, place)"
                    + " from stdin (format binary, freeze)",
            9);

    private final String tableName;
    private final String copyStatement;
    private final int columns;

    FeatureTable(String tableName, String copyStatement, int columns) {
        this.tableName = tableName;
        this.copyStatement = copyStatement;
        this.columns = columns;
    }

    String tableName() {
        return tableName;
    }

    /** Copies rows in the binary format; what it names is all that a row has. */
    String copyStatement() {
        return copyStatement;
    }

    /** How many columns a row has; the last two are the record and its place in a block. */
    int columns() {
        return columns;
    }
}
