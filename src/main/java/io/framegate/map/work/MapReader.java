package io.framegate.map.work;

import io.framegate.map.MapSettings;
import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.MapSheet;
import io.framegate.map.message.Sheet;
import io.framegate.map.store.DatabaseTrouble;
import io.framegate.map.store.EncodedFeatures;
import io.framegate.map.store.FeatureKind;
import io.framegate.map.store.FeatureQueries;
import io.framegate.message.RecordList;
import io.framegate.message.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/**
 * What all workers that load features share: which data set, which area, and what to say when the database cannot be
 * reached.
 */
@ApplicationScoped
public class MapReader {

    // Set by the container before the first call, and never after.
    private MapSettings settings;
    private FeatureQueries queries;

    @Inject
    MapReader(MapSettings settings, FeatureQueries queries) {
        this.settings = settings;
        this.queries = queries;
    }

    /** For the container's proxy. */
    protected MapReader() {}

    /**
     * The features of an area.
     *
     * @param <T> the record of that kind
     * @throws Refusal for an ellipsoid that is not served, for an answer that is too large, and while there is no
     *     database or no data
     */
    public <T extends Record> RecordList<T> byArea(FeatureKind kind, Area area) {
        if (area.ellipsoid() == Ellipsoid.BESSEL_1841) {
            throw new Refusal(
                    Refusal.Code.INVALID,
                    "Coordinates on Bessel 1841 are not yet served: ask on WGS 84 (0) or GRS 80 (2).");
        }
        try {
            EncodedFeatures found = queries.inArea(kind, settings.dataSet(), area);
            return RecordList.encoded(found.count(), found.bytes());
        } catch (Refusal e) {
            throw e;
        } catch (RuntimeException e) {
            if (DatabaseTrouble.isIn(e)) {
                throw new Refusal(
                        Refusal.Code.UNAVAILABLE, "The map's database cannot be reached now; try again later.");
            }
            throw e;
        }
    }

    /** The features of a map sheet; as {@link #byArea}, and with a refusal for a text that is no sheet's number. */
    public <T extends Record> RecordList<T> bySheet(FeatureKind kind, Sheet sheet) {
        MapSheet cell = MapSheet.of(sheet.mapId());
        return byArea(
                kind,
                new Area(Ellipsoid.WGS84, sheet.loadType(), cell.west(), cell.south(), cell.east(), cell.north()));
    }
}
