package io.framegate.map.message;

import io.framegate.message.WireCode;

/** Whether a turn is forbidden, or the only one that is allowed. */
public enum PassRule implements WireCode {
    /** OpenStreetMap's {@code no_*}. */
    FORBIDDEN(0),
    /** OpenStreetMap's {@code only_*}: from that link, at that node, no other way may be taken. */
    ONLY(1);

    private final int code;

    PassRule(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
