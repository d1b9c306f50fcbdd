package io.framegate.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * The pieces of the way of a request, each alone, by JMH: classes called {@code …Pieces}, in the package of what they
 * measure. A piece is no prediction of the whole; it shows whether a change to it was worth its while.
 *
 * <pre>
 *  system property  default  meaning
 *  bench.rounds           5  measurements of a second each, after three of warming up
 *  bench.scenarios           a regular expression of classes and methods
 * </pre>
 *
 * The result is {@code target/bench/pieces.json}, with the garbage of each call.
 */
public final class Pieces {

    private Pieces() {}

    public static void main(String[] args) throws Exception {
        Path directory = Files.createDirectories(Path.of("target", "bench"));
        new Runner(new OptionsBuilder()
                        .include(System.getProperty("bench.scenarios", ".*"))
                        .forks(1)
                        .warmupIterations(3)
                        .warmupTime(TimeValue.milliseconds(500))
                        .measurementIterations(Integer.getInteger("bench.rounds", 5))
                        .measurementTime(TimeValue.milliseconds(500))
                        .addProfiler("gc")
                        .result(directory.resolve("pieces.json").toString())
                        .resultFormat(ResultFormatType.JSON)
                        .build())
                .run();
    }
}
