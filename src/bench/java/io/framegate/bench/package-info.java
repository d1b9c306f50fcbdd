/**
 * The benchmark: the gate beside its peers, in the same run, by the same load. Begin reading at
 * {@link io.framegate.bench.Benchmark}.
 */
@NullMarked
package io.framegate.bench;

import org.jspecify.annotations.NullMarked;
