package io.framegate.map.work;

import io.framegate.map.MapSettings;
import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.MapSheet;
import io.framegate.map.message.Sheet;
import io.framegate.map.store.AreaVersions;
import io.framegate.map.store.EncodedFeatures;
import io.framegate.map.store.FeatureKind;
import io.framegate.map.store.FeatureQueries;
import io.framegate.message.Compression;
import io.framegate.message.DatabaseErrors;
import io.framegate.message.RecordList;
import io.framegate.message.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What all workers that load features share: which data set, which area, and what to say when the database cannot be
 * reached.
 */
@ApplicationScoped
public class MapReader {

    // Set by the container before the first call, and never after.
    private MapSettings settings;
    private FeatureQueries queries;
    private AreaVersions versions;
    private Supplier<Compression> compression;

    @Inject
    MapReader(MapSettings settings, FeatureQueries queries, AreaVersions versions, Supplier<Compression> compression) {
        this.settings = settings;
        this.queries = queries;
        this.versions = versions;
        this.compression = compression;
    }

    /** For the container's proxy. */
    protected MapReader() {}

    /**
     * The features of an area, with coordinates on the area's datum. An area on Bessel 1841 is answered with what touches
     * the smallest area on WGS 84 around its corners. Only then anything is decoded, which about doubles the time.
     *
     * @param <T> the record of that kind
     * @throws Refusal for an answer that is too large, and while there is no database or no data
     */
    public <T extends Record> RecordList<T> byArea(FeatureKind kind, Area area) {
        return read(() -> {
            boolean deflated = !isBessel(area) && compression.get() == Compression.ZLIB;
            EncodedFeatures found = queries.inArea(kind, settings.dataSet(), onWgs84(area), deflated);
            EncodedFeatures answer = isBessel(area) ? ShiftedFeatures.of(kind, found, DatumShift.toBessel()) : found;
            return RecordList.encoded(answer.count(), answer.parts());
        });
    }

    /**
     * What changes whenever an answer for an area may have changed.
     *
     * @throws Refusal while there is no database
     */
    public AreaVersions.Version version(Area area) {
        return read(() -> versions.of(settings.dataSet(), onWgs84(area)));
    }

    /** As {@link #version(Area)}, of a map sheet, and with a refusal for a text that is no sheet's number. */
    public AreaVersions.Version version(Sheet sheet) {
        return version(area(sheet));
    }

    private static <T> T read(Supplier<T> work) {
        try {
            return work.get();
        } catch (Refusal e) {
            throw e;
        } catch (RuntimeException e) {
            Optional<String> exhausted = DatabaseErrors.exhausted(e);
            if (exhausted.isPresent()) {
                throw new Refusal(
                        Refusal.Code.UNAVAILABLE, "The map's database " + exhausted.get() + "; try again later.");
            }
            if (DatabaseErrors.isIn(e)) {
                throw new Refusal(
                        Refusal.Code.UNAVAILABLE, "The map's database cannot be reached now; try again later.");
            }
            throw e;
        }
    }

    /**
     * The features of a map sheet; as {@link #byArea}, and with a refusal for a text that is no sheet's number. Sheets are
     * on WGS 84, and so is the answer.
     */
    public <T extends Record> RecordList<T> bySheet(FeatureKind kind, Sheet sheet) {
        return byArea(kind, area(sheet));
    }

    private static Area area(Sheet sheet) {
        MapSheet cell = MapSheet.of(sheet.mapId());
        return new Area(Ellipsoid.WGS84, sheet.loadType(), cell.west(), cell.south(), cell.east(), cell.north());
    }

    private static boolean isBessel(Area area) {
        return area.ellipsoid() == Ellipsoid.BESSEL_1841;
    }

    private static Area onWgs84(Area area) {
        return isBessel(area) ? DatumShift.toWgs84().area(area) : area;
    }
}
