package io.framegate.map.message;

/**
 * Which map sheet, and how much of it: the body of every request by map id.
 *
 * <pre>
 *  size field
 *     4 loadType  int32: 0 … 20: 0 for everything, else a zoom level: features whose {@code minZoom} is no more
 *  4+2n mapId     text: the number of a map sheet, see {@link MapSheet}
 * </pre>
 *
 * Sheets are on WGS 84, and so are the coordinates of the answer.
 */
public record Sheet(int loadType, String mapId) {

    public Sheet {
        Area.checkLoadType(loadType);
    }
}
