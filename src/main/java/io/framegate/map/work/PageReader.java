package io.framegate.map.work;

import io.framegate.codec.RecordCodec;
import io.framegate.codec.WireReader;
import io.framegate.map.MapSettings;
import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.MapSheet;
import io.framegate.map.message.PageEnd;
import io.framegate.map.message.PageEnd.Reason;
import io.framegate.map.message.PageRequest;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Sheet;
import io.framegate.map.store.AreaWalk;
import io.framegate.map.store.EncodedFeatures;
import io.framegate.map.store.EncodedPage;
import io.framegate.map.store.FeatureKind;
import io.framegate.map.store.OutcomeUnknownException;
import io.framegate.message.DatabaseErrors;
import io.framegate.message.RecordList;
import io.framegate.message.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What all workers of version 2 that load features share: which data set, which area, which part. */
@ApplicationScoped
public class PageReader {

    private static final RecordCodec<Polygon> POLYGONS = RecordCodec.of(Polygon.class);
    private static final int NO_MESSAGE = 0;

    // Set by the container before the first call, and never after.
    private MapSettings settings;
    private AreaWalk walk;

    /**
     * A part of an answer.
     *
     * @param <T> the record of the kind
     */
    public record Page<T extends Record>(RecordList<T> features, PageEnd end) {}

    @Inject
    PageReader(MapSettings settings, AreaWalk walk) {
        this.settings = settings;
        this.walk = walk;
    }

    /** For the container's proxy. */
    protected PageReader() {}

    /**
     * Features of an area, with coordinates on the area's datum. An area on Bessel 1841 is answered with what touches the
     * smallest area on WGS 84 around its corners; only then all features are decoded.
     *
     * @param <T> the record of that kind
     * @throws Refusal for a continuation of another request, and while there is no database or no data
     */
    public <T extends Record> Page<T> byArea(FeatureKind kind, Area area, PageRequest request) {
        EncodedPage page = read(kind, onWgs84(area), request);
        EncodedFeatures features =
                isBessel(area) ? ShiftedFeatures.of(kind, page.features(), DatumShift.toBessel()) : page.features();
        return new Page<>(RecordList.encoded(features.count(), features.parts()), end(page, List.of(), List.of()));
    }

    /** Features of a map sheet; as {@link #byArea}, and with a refusal for a text that is no sheet's number. */
    public <T extends Record> Page<T> bySheet(FeatureKind kind, Sheet sheet, PageRequest request) {
        return byArea(kind, area(sheet), request);
    }

    /**
     * Polygons of an area, clipped and simplified if that is wanted; as {@link #byArea}. On Bessel 1841 they are clipped on
     * WGS 84, where the map is, and then shifted, so an edge of the area is met to within some metres.
     */
    public Page<Polygon> polygonsByArea(Area area, PageRequest request) {
        if (!request.clip() && !request.simplify()) {
            return byArea(FeatureKind.POLYGONS, area, request);
        }
        Area stored = onWgs84(area);
        EncodedPage page = read(FeatureKind.POLYGONS, stored, request);
        DatumShift shift = DatumShift.toBessel();
        byte[] bytes = page.features().bytes();
        WireReader in = new WireReader(NO_MESSAGE, bytes, 0, bytes.length, Integer.MAX_VALUE);
        List<Polygon> polygons = new ArrayList<>();
        List<Long> clipped = new ArrayList<>();
        List<Long> simplified = new ArrayList<>();
        for (int i = 0; i < page.features().count(); i++) {
            Polygon whole = POLYGONS.decode(in);
            Polygon part = request.clip() ? PolygonShapes.clipped(whole, stored) : whole;
            if (part != whole) {
                clipped.add(whole.id());
            }
            Polygon shape = request.simplify() ? PolygonShapes.simplified(part, area.loadType()) : part;
            if (shape != part) {
                simplified.add(whole.id());
            }
            if (!shape.rings().isEmpty()) {
                polygons.add(isBessel(area) ? ShiftedFeatures.shifted(shape, shift) : shape);
            }
        }
        return new Page<>(RecordList.of(polygons), end(page, clipped, simplified));
    }

    /** Polygons of a map sheet; as {@link #polygonsByArea}, and with a refusal for a text that is no sheet's number. */
    public Page<Polygon> polygonsBySheet(Sheet sheet, PageRequest request) {
        return polygonsByArea(area(sheet), request);
    }

    private EncodedPage read(FeatureKind kind, Area area, PageRequest request) {
        try {
            return walk.next(
                    kind,
                    settings.dataSetOr(request.dataSet()),
                    area,
                    request.maxRows(),
                    request.maxBytes(),
                    request.continuation());
        } catch (Refusal e) {
            throw e;
        } catch (RuntimeException e) {
            Optional<String> exhausted = DatabaseErrors.exhausted(e);
            if (exhausted.isPresent()) {
                throw new Refusal(
                        Refusal.Code.UNAVAILABLE, "The map's database " + exhausted.get() + "; try again later.");
            }
            // Whether a transaction that only reads was committed does not matter, if only that is unknown.
            if (DatabaseErrors.isIn(e) || e instanceof OutcomeUnknownException) {
                throw new Refusal(
                        Refusal.Code.UNAVAILABLE, "The map's database cannot be reached now; try again later.");
            }
            throw e;
        }
    }

    private static boolean isBessel(Area area) {
        return area.ellipsoid() == Ellipsoid.BESSEL_1841;
    }

    // The same area every time, so continuations stay valid.
    private static Area onWgs84(Area area) {
        return isBessel(area) ? DatumShift.toWgs84().area(area) : area;
    }

    private static PageEnd end(EncodedPage page, List<Long> clipped, List<Long> simplified) {
        return new PageEnd(page.reason() == Reason.COMPLETE, page.reason(), page.continuation(), clipped, simplified);
    }

    private static Area area(Sheet sheet) {
        MapSheet cell = MapSheet.of(sheet.mapId());
        return new Area(Ellipsoid.WGS84, sheet.loadType(), cell.west(), cell.south(), cell.east(), cell.north());
    }
}
