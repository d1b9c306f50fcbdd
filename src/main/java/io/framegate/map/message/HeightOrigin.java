package io.framegate.map.message;

import io.framegate.message.WireCode;

/** Where a height of a building comes from. */
public enum HeightOrigin implements WireCode {
    /** Nobody has said it: what is taken then, the record says. */
    DEFAULT(0),
    /** Levels were counted, and each is taken for 3 m. */
    LEVELS(1),
    /** It stands in the data in metres or feet. */
    MEASURED(2);

    private final int code;

    HeightOrigin(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
