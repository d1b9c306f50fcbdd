package io.framegate.map.work;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.LoadChangesSince;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadChangesSinceWorkerTest {

    @Test
    void asksTheHistoryOnItsOwnDatum() {
        Area seoul = new Area(Ellipsoid.BESSEL_1841, 0, 126.9, 37.5, 127.1, 37.6);
        assertEquals(
                new LoadChangesSince("d", 7, 9, List.of(DatumShift.toWgs84().area(seoul))),
                LoadChangesSinceWorker.onWgs84(new LoadChangesSince("d", 7, 9, List.of(seoul))));
        LoadChangesSince onGrs80 =
                new LoadChangesSince("", 0, 0, List.of(new Area(Ellipsoid.GRS80, 0, 126.9, 37.5, 127.1, 37.6)));
        assertEquals(onGrs80, LoadChangesSinceWorker.onWgs84(onGrs80));
        LoadChangesSince everywhere = new LoadChangesSince("", 0, 0, List.of());
        assertEquals(everywhere, LoadChangesSinceWorker.onWgs84(everywhere));
    }
}
