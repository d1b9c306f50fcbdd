package io.framegate.fuzz;

/** What Jazzer calls, by these names: one target, as its argument says. */
public final class JazzerTarget {

    private static FuzzTarget target; // set once, before the first input

    private JazzerTarget() {}

    public static void fuzzerInitialize(String[] args) {
        target = FuzzTargets.named(args[0]).make();
    }

    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        target.take(input);
    }
}
