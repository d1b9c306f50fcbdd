package io.framegate.map.message;

import io.framegate.message.WireCode;

/** Of which kind an element is, where elements of several kinds are named together. */
public enum ElementKind implements WireCode {
    LINK(0),
    NODE(1),
    POLYGON(2),
    POLYLINE(3),
    PASS_INFO(4);

    private final int code;

    ElementKind(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
