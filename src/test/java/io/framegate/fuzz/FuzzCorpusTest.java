package io.framegate.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every input that fuzzing has found worth keeping, taken again. */
class FuzzCorpusTest {

    @ParameterizedTest
    @EnumSource
    void takesAllThatIsKept(FuzzTargets which) throws Exception {
        FuzzTarget target = which.make();
        List<byte[]> inputs = new ArrayList<>(target.seeds());
        inputs.addAll(Corpus.of(which));
        inputs.add(new byte[0]);
        assertTrue(inputs.size() > 10, () -> which + " has " + inputs.size() + " inputs");
        for (byte[] input : inputs) {
            try {
                target.take(input);
            } catch (Throwable bug) {
                throw new AssertionError(which + " fails on " + HexFormat.of().formatHex(input), bug);
            }
        }
    }
}
