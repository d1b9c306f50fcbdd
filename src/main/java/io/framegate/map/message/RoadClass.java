package io.framegate.map.message;

import io.framegate.message.WireCode;

/** What kind of road a link is; from OpenStreetMap's {@code highway}. */
public enum RoadClass implements WireCode {
    OTHER(0),
    MOTORWAY(1),
    TRUNK(2),
    PRIMARY(3),
    SECONDARY(4),
    TERTIARY(5),
    UNCLASSIFIED(6),
    RESIDENTIAL(7),
    LIVING_STREET(8),
    SERVICE(9),
    PEDESTRIAN(10),
    TRACK(11),
    CYCLEWAY(12),
    FOOTWAY(13),
    PATH(14),
    STEPS(15),
    BRIDLEWAY(16),
    /** The slip roads of the classes above them: {@code motorway_link} and so on. */
    MOTORWAY_LINK(101),
    TRUNK_LINK(102),
    PRIMARY_LINK(103),
    SECONDARY_LINK(104),
    TERTIARY_LINK(105);

    private final int code;

    RoadClass(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
