package io.framegate.fuzz;

import io.framegate.contract.CaptureFuzz;
import io.framegate.contract.FrameFuzz;
import io.framegate.dispatch.SessionFuzz;
import io.framegate.map.load.MapFileFuzz;
import io.framegate.transport.ConnectionFuzz;
import io.framegate.transport.ProxyHeaderFuzz;
import io.framegate.wire.EnvelopeFuzz;
import java.util.Locale;
import java.util.function.Supplier;

/** All targets; their names in lower case are those of their files of inputs. */
public enum FuzzTargets {
    /** Where frames are cut out of a stream, and replies written. */
    CONNECTION(ConnectionFuzz::new),
    /** What is before the first frame, from a proxy. */
    PROXY_HEADER(ProxyHeaderFuzz::new),
    /** The body of a frame. */
    ENVELOPE(EnvelopeFuzz::new),
    /** Every message, by its codec. */
    FRAME(FrameFuzz::new),
    /** A whole connection: hello, logins and other requests, answered. */
    SESSION(SessionFuzz::new),
    /** What an operator has explained: a frame, or a file of captured packets. */
    CAPTURE(CaptureFuzz::new),
    /** Map files in GeoJSON. */
    GEO_JSON(MapFileFuzz::geoJson),
    /** Map files of OpenStreetMap. */
    PBF(MapFileFuzz::pbf);

    private final Supplier<FuzzTarget> target;

    FuzzTargets(Supplier<FuzzTarget> target) {
        this.target = target;
    }

    FuzzTarget make() {
        return target.get();
    }

    /** As files and commands have it. */
    String fileName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static FuzzTargets named(String fileName) {
        return valueOf(fileName.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
