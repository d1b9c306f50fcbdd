package io.framegate.map.message;

import io.framegate.message.WireCode;

/** Where the level of a line comes from. */
public enum LevelOrigin implements WireCode {
    /** Nothing lifts it; neither at its ends. */
    GROUND(0),
    /** The tag {@code layer}, which counts before the others. */
    LAYER(1),
    /** A bridge without a layer: one level up. */
    BRIDGE(2),
    /** A tunnel without a layer: one level down. */
    TUNNEL(3),
    /** On the ground itself, but a line that is not begins at one of its ends. */
    NEIGHBOUR(4);

    private final int code;

    LevelOrigin(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
