package io.framegate.map.message;

/**
 * A feature that is to go.
 *
 * <pre>
 *  offset size field
 *       0    4 kind     int32: {@link ElementKind}
 *       4    8 id       int64: of the feature
 *      12    4 version  int32: the one that was loaded
 * </pre>
 */
public record Deletion(ElementKind kind, long id, int version) {}
