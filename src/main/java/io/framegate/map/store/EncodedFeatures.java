package io.framegate.map.store;

import io.framegate.message.EncodedPart;
import java.util.List;

/**
 * Features as they go over the wire, one after the other.
 *
 * @param count how many
 * @param parts their encoded records
 */
public record EncodedFeatures(int count, List<EncodedPart> parts) {

    /** Of records in one array, which is not copied. */
    public EncodedFeatures(int count, byte[] bytes) {
        this(count, bytes.length == 0 ? List.of() : List.of(new EncodedPart.Plain(bytes, 0, bytes.length)));
    }

    /** The records in one array, not deflated; a copy. */
    public byte[] bytes() {
        return EncodedPart.join(parts);
    }
}
