package io.framegate.map.message;

import io.framegate.message.WireCode;

/** What a polyline is. */
public enum PolylineKind implements WireCode {
    OTHER(0),
    RAILWAY(1),
    RIVER(2),
    STREAM(3),
    CANAL(4),
    DRAIN(5),
    COASTLINE(6),
    BARRIER(7),
    POWER_LINE(8),
    AERIALWAY(9),
    BOUNDARY(10),
    CLIFF(11),
    TREE_ROW(12),
    PIPELINE(13),
    RUNWAY(14),
    FERRY(15);

    private final int code;

    PolylineKind(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
