package io.framegate.map.message;

import io.framegate.message.WireCode;

/** The datum on which an area is given and the features of its answer are wanted. */
public enum Ellipsoid implements WireCode {
    WGS84(0),
    /**
     * Bessel 1841, as Korea used it from 1985 on (EPSG:4162): some 360 m off at Seoul. Other countries' datums on this
     * ellipsoid are hundreds of metres off this one.
     */
    BESSEL_1841(1),
    /** GRS 80: to within centimetres the same as WGS 84, and taken for the same. */
    GRS80(2);

    private final int code;

    Ellipsoid(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
