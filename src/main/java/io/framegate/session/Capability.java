package io.framegate.session;

import java.util.EnumSet;
import java.util.Set;

/** An extension of version 1 of the protocol, by its code in {@link HelloRequest}. */
public enum Capability {

    /** Errors are {@link io.framegate.message.ErrorResponseV2}, with a code and a time after which to retry. */
    TYPED_ERRORS(1),

    /**
     * Every header has four more bytes, an int32 that the client chooses and the answer repeats. Answers arrive in any order, as
     * soon as they are made.
     */
    REQUEST_IDS(2),

    /** The server may send notices, which answer no request: ids from 900000 on. */
    NOTICES(3),

    /**
     * The client accepts bodies that begin with {@code S}: int32 original size, then a Zstandard frame (RFC 8878). The server may
     * send one instead of a {@code Z}; if most of an answer is deflated already it still sends a {@code Z}. The server itself accepts
     * none.
     */
    ZSTD(4);

    private final int code;

    Capability(int code) {
        this.code = code;
    }

    /** The code on the wire. */
    public int code() {
        return code;
    }

    /** The capabilities of these codes; unknown codes are ignored. */
    static Set<Capability> of(int[] codes) {
        Set<Capability> known = EnumSet.noneOf(Capability.class);
        for (int code : codes) {
            for (Capability feature : values()) {
                if (feature.code == code) {
                    known.add(feature);
                }
            }
        }
        return known;
    }

    static int[] codes(Set<Capability> features) {
        return features.stream().mapToInt(Capability::code).sorted().toArray();
    }
}
