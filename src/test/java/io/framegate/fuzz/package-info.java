/**
 * Fuzzing. A {@link io.framegate.fuzz.FuzzTarget} puts any bytes to one way into the gate, and fails where what must always
 * hold does not. {@link io.framegate.fuzz.FuzzCorpusTest} has every target take the inputs that are kept in
 * {@code src/test/resources/fuzz}, in every build; {@link io.framegate.fuzz.FuzzMain} lets Jazzer look for more of them, by
 * {@code mvn -Pfuzz}.
 *
 * <p>Begin reading at {@link io.framegate.fuzz.FuzzTargets}.
 */
@NullMarked
package io.framegate.fuzz;

import org.jspecify.annotations.NullMarked;
