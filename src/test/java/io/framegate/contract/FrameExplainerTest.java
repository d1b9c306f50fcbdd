package io.framegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.contract.explain.Explanation;
import io.framegate.contract.explain.Explanation.Fault;
import io.framegate.contract.explain.Explanation.Part;
import io.framegate.contract.explain.FrameExplainer;
import io.framegate.testkit.Frames;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Golden frames taken apart, whole and damaged. */
class FrameExplainerTest {

    @Test
    void everyGoldenFrameIsExplainedToItsEnd() throws Exception {
        for (String name : GoldenFrames.names()) {
            Explanation explanation = explain(Frames.golden(name));
            assertEquals(Optional.empty(), explanation.fault(), name);
        }
    }

    @Test
    void oneFlippedByteInAGoldenFrameIsLocated() throws Exception {
        byte[] whole = Frames.golden("links");
        for (String path : new String[] {"bodySize", "envelope", "links", "links[0].roadClass", "links[0].name"}) {
            Part part = explain(whole).parts().stream()
                    .filter(one -> one.path().equals(path))
                    .findFirst()
                    .orElseThrow();
            byte[] damaged = whole.clone();
            // The highest byte of a count, a code or a size.
            damaged[part.offset() + Math.min(part.length(), Integer.BYTES) - 1] ^= 0x40;
            Fault fault = explain(damaged).fault().orElseThrow();
            assertEquals(part.offset(), fault.offset(), fault::toString);
            assertEquals(path, fault.path(), fault::toString);
            assertTrue(
                    explain(damaged)
                            .lines()
                            .get(explain(damaged).lines().size() - 1)
                            .startsWith("ERROR at byte "),
                    path);
        }
    }

    private static Explanation explain(byte[] frame) {
        return FrameExplainer.explain(ContractTest.CONTRACT, frame);
    }
}
