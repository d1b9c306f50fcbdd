package io.framegate.map.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PointsTest {

    @Test
    void deltaEncodesPoints() {
        int[] units = {95_000_000, 471_000_000, 95_000_010, 470_999_990, 95_000_010, 471_000_000};
        assertArrayEquals(new int[] {95_000_000, 471_000_000, 10, -10, 0, 10}, Points.differences(units));
        assertEquals(95_000_010, units[2], "the argument is left as it was");
    }

    @Test
    void addsDifferencesUpToWhatTheyWere() {
        Random random = new Random(7);
        for (int count = 0; count < 50; count++) {
            int[] units = random.ints(2L * count, -1_800_000_000, 1_800_000_001).toArray();
            assertArrayEquals(units, Points.absolute(Points.differences(units)));
        }
    }

    @Test
    void roundsDegreesToTheNearestUnit() {
        assertEquals(95_000_001, Points.units(9.500000149));
        assertEquals(-1_800_000_000, Points.units(-180));
        assertEquals(9.5000001, Points.degrees(95_000_001));
    }

    @Test
    void bringsEveryUnitBackFromDegrees() {
        new Random(11)
                .ints(100_000, -1_800_000_000, 1_800_000_001)
                .forEach(unit -> assertEquals(unit, Points.units(Points.degrees(unit))));
    }
}
