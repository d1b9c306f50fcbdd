package io.framegate.testkit.abuse;

import io.framegate.message.Message;
import java.util.List;

/** Elements that are small on the wire and large in memory, as many as a request without a bound of its own may have. */
@Message(191001)
public record FlagsRequest(List<Flag> flags) {

    /** A byte on the wire. */
    public record Flag(boolean set) {}
}
