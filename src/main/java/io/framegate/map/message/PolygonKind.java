package io.framegate.map.message;

import io.framegate.message.WireCode;

/** What a polygon is. */
public enum PolygonKind implements WireCode {
    OTHER(0),
    BUILDING(1),
    WATER(2),
    FOREST(3),
    GRASS(4),
    FARMLAND(5),
    RESIDENTIAL(6),
    COMMERCIAL(7),
    INDUSTRIAL(8),
    PARK(9),
    PARKING(10),
    SPORT(11),
    CEMETERY(12),
    SCHOOL(13),
    HOSPITAL(14),
    WETLAND(15),
    ROCK(16),
    GLACIER(17),
    PROTECTED(18),
    ADMINISTRATIVE(19),
    SQUARE(20),
    QUARRY(21),
    ISLAND(22);

    private final int code;

    PolygonKind(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
