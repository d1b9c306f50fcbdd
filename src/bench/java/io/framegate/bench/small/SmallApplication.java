package io.framegate.bench.small;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** The resources' path. */
@ApplicationPath("/api")
public class SmallApplication extends Application {}
