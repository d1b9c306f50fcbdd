package io.framegate.map.message;

import io.framegate.message.WireCode;

/** What a node is. */
public enum NodeKind implements WireCode {
    /** Where links meet, or a link ends, and nothing more is known. */
    PLAIN(0),
    TRAFFIC_SIGNALS(1),
    CROSSING(2),
    STOP(3),
    GIVE_WAY(4),
    MINI_ROUNDABOUT(5),
    MOTORWAY_JUNCTION(6),
    TURNING_CIRCLE(7),
    LEVEL_CROSSING(8),
    TOLL_BOOTH(9),
    BARRIER(10),
    BORDER_CONTROL(11);

    private final int code;

    NodeKind(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
