package io.framegate.map.store;

/**
 * Features as they go over the wire, one after the other.
 *
 * @param count how many
 * @param bytes their encoded records; not copied
 */
public record EncodedFeatures(int count, byte[] bytes) {}
