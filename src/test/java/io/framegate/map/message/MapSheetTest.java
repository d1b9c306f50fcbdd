package io.framegate.map.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MapSheetTest {

    @ParameterizedTest
    @CsvSource({
        // The first and the last sheet of a degree.
        "N47E00901, N47E00901, 9.0, 47.75, 9.25, 48.0",
        "N47E00916, N47E00916, 9.75, 47.0, 10.0, 47.25",
        // Row by row from the north-west.
        "N47E00904, N47E00904, 9.75, 47.75, 10.0, 48.0",
        "N47E00905, N47E00905, 9.0, 47.5, 9.25, 47.75",
        "S01W00113, S01W00113, -1.0, -1.0, -0.75, -0.75",
        // Quarters of 7'30".
        "N47E009051, N47E009051, 9.0, 47.625, 9.125, 47.75",
        "N47E009052, N47E009052, 9.125, 47.625, 9.25, 47.75",
        "N47E009053, N47E009053, 9.0, 47.5, 9.125, 47.625",
        "N47E009054, N47E009054, 9.125, 47.5, 9.25, 47.625",
        // Hundredths of 1'30".
        "N47E00905001, N47E00905001, 9.0, 47.725, 9.025, 47.75",
        "N47E00905010, N47E00905010, 9.225, 47.725, 9.25, 47.75",
        "N47E00905011, N47E00905011, 9.0, 47.7, 9.025, 47.725",
        "N47E00905100, N47E00905100, 9.225, 47.5, 9.25, 47.525",
        // The short form of Korea.
        "37608, N37E12608, 126.75, 37.5, 127.0, 37.75",
        "376083, N37E126083, 126.75, 37.5, 126.875, 37.625",
        "37608001, N37E12608001, 126.75, 37.725, 126.775, 37.75",
        "37016, N37E13016, 130.75, 37.0, 131.0, 37.25",
        "33401, N33E12401, 124.0, 33.75, 124.25, 34.0",
    })
    void findsTheCellOfASheet(String mapId, String general, double west, double south, double east, double north) {
        assertEquals(new MapSheet(general, west, south, east, north), MapSheet.of(mapId));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "N47E009", "N47E00900", "N47E00917", "N47E009050", "N47E009055", "N47E00905000", "N47E00905101",
                "N47E0090512", "N90E00001", "S91E00001", "N00E18001", "N00W18101", "n47e00905", "N47 E00905", "3760",
                "37600", "37617", "376080", "376085", "3760812", "37608101", "'; drop table link", "٣٧٦٠٨"
            })
    void refusesWhatIsNoSheet(String mapId) {
        Refusal refusal = assertThrows(Refusal.class, () -> MapSheet.of(mapId));
        assertEquals(Refusal.Code.INVALID, refusal.code());
    }

    @Test
    void tellsNothingHarmfulOfWhatItRefuses() {
        String sentence = assertThrows(Refusal.class, () -> MapSheet.of("\n\u001b[31m" + "x".repeat(1000)))
                .sentence();
        assertTrue(sentence.length() < 250 && sentence.chars().noneMatch(Character::isISOControl), sentence);
    }

    @ParameterizedTest
    @CsvSource({
        "9.5222, 47.1410, N47E00915",
        "9.0, 47.0, N47E00913",
        "9.2499999, 47.7499999, N47E00905",
        "9.25, 47.75, N47E00902",
        "-0.01, -0.01, S01W00104",
        "126.978, 37.566, N37E12608",
    })
    void findsTheSheetOfAPoint(double longitude, double latitude, String mapId) {
        MapSheet sheet = MapSheet.containing(longitude, latitude);
        assertEquals(mapId, sheet.mapId());
        assertTrue(sheet.west() <= longitude && longitude < sheet.east());
        assertTrue(sheet.south() <= latitude && latitude < sheet.north());
    }
}
