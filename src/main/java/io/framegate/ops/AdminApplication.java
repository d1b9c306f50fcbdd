package io.framegate.ops;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** Everything that the console page asks for is REST under {@code /admin}. */
@ApplicationPath("/admin")
public class AdminApplication extends Application {}
