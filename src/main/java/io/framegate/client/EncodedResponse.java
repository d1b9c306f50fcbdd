package io.framegate.client;

/**
 * An answer that was not decoded.
 *
 * @param id the message's id
 * @param frameBytes the size of its frame on the wire: header, envelope and all, compressed if it was
 * @param payload the fields of the message, as its layout says; not a copy
 */
public record EncodedResponse(int id, int frameBytes, byte[] payload) {}
