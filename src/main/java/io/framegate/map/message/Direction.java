package io.framegate.map.message;

import io.framegate.message.WireCode;

/** The directions in which a link may be driven, as seen along its points. */
public enum Direction implements WireCode {
    BOTH(0),
    FORWARD(1),
    BACKWARD(2);

    private final int code;

    Direction(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
