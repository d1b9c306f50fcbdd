package io.framegate.map.message;

import io.framegate.message.WireCode;

/** The shape of a roof, by OpenStreetMap's {@code roof:shape}. */
public enum RoofShape implements WireCode {
    /** Nobody has said it. */
    UNKNOWN(0),
    FLAT(1),
    SKILLION(2),
    GABLED(3),
    HALF_HIPPED(4),
    HIPPED(5),
    PYRAMIDAL(6),
    GAMBREL(7),
    MANSARD(8),
    DOME(9),
    ONION(10),
    ROUND(11),
    SALTBOX(12),
    CONE(13),
    /** A shape that has no code here. */
    OTHER(14);

    private final int code;

    RoofShape(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
