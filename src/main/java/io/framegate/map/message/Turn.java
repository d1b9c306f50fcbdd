package io.framegate.map.message;

import io.framegate.message.WireCode;

/** The turn that a rule is about, as its sign says; the links say it exactly. */
public enum Turn implements WireCode {
    STRAIGHT(0),
    LEFT(1),
    RIGHT(2),
    U_TURN(3),
    /** Into the link, wherever one comes from: a rule for each link one may come from. */
    ENTRY(4),
    /** Out of the link, wherever one goes to: a rule for each link one may go to. */
    EXIT(5);

    private final int code;

    Turn(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
