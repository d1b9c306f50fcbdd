package io.framegate.map.message;

import io.framegate.message.WireCode;

/** Which kind of feature a line's heights belong to; {@link Link} and {@link Polyline} number separately. */
public enum LineKind implements WireCode {
    LINK(1),
    POLYLINE(2);

    private final int code;

    LineKind(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
