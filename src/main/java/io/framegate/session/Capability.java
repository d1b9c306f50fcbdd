package io.framegate.session;

import java.util.EnumSet;
import java.util.Set;

/** What a connection may have beyond version 1, by its code in {@link HelloRequest}. */
public enum Capability {

    /** Errors are {@link io.framegate.message.ErrorResponseV2}: with a code, and when to try again. */
    TYPED_ERRORS(1),

    /**
     * Every header has four bytes more, an int32 that the client chooses and finds again in the answer; and answers come as
     * soon as they are made, in any order.
     */
    REQUEST_IDS(2),

    /** The server may send messages that nobody asked for: ids of 900000 and more. */
    NOTICES(3),

    /**
     * The client takes bodies that begin with {@code S}: int32 original size, then a Zstandard frame (RFC 8878). It may
     * get one where it would have got a {@code Z}; where most of an answer was deflated before, a {@code Z} comes all the same. The
     * server itself takes none.
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

    /** Those of these codes that this server knows; what it does not know is left out. */
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
