package io.framegate.fuzz;

import java.util.List;

/** One way into the gate, for bytes that anybody may have chosen. */
public interface FuzzTarget {

    /**
     * Takes one input. It keeps nothing for the next.
     *
     * @throws Exception or an {@link AssertionError}, where the input shows a bug
     */
    void take(byte[] input) throws Exception;

    /** Inputs to begin with: good ones, which the fuzzer damages. */
    List<byte[]> seeds() throws Exception;
}
