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
import io.framegate.map.store.DatabaseTrouble;
import io.framegate.map.store.EncodedFeatures;
import io.framegate.map.store.EncodedPage;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.RecordList;
import io.framegate.message.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;

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
     * Features of an area.
     *
     * @param <T> the record of that kind
     * @throws Refusal for an ellipsoid that is not served, for a continuation of another request, and while there is no
     *     database or no data
     */
    public <T extends Record> Page<T> byArea(FeatureKind kind, Area area, PageRequest request) {
        EncodedPage page = read(kind, area, request);
        return new Page<>(encoded(page.features()), end(page, List.of(), List.of()));
    }

    /** Features of a map sheet; as {@link #byArea}, and with a refusal for a text that is no sheet's number. */
    public <T extends Record> Page<T> bySheet(FeatureKind kind, Sheet sheet, PageRequest request) {
        return byArea(kind, area(sheet), request);
    }

    /** Polygons of an area, clipped and simplified if that is wanted; as {@link #byArea}. */
    public Page<Polygon> polygonsByArea(Area area, PageRequest request) {
        if (!request.clip() && !request.simplify()) {
            return byArea(FeatureKind.POLYGONS, area, request);
        }
        EncodedPage page = read(FeatureKind.POLYGONS, area, request);
        byte[] bytes = page.features().bytes();
        WireReader in = new WireReader(NO_MESSAGE, bytes, 0, bytes.length, Integer.MAX_VALUE);
        List<Polygon> polygons = new ArrayList<>();
        List<Long> clipped = new ArrayList<>();
        List<Long> simplified = new ArrayList<>();
        for (int i = 0; i < page.features().count(); i++) {
            Polygon whole = POLYGONS.decode(in);
            Polygon part = request.clip() ? PolygonShapes.clipped(whole, area) : whole;
            if (part != whole) {
                clipped.add(whole.id());
            }
            Polygon shape = request.simplify() ? PolygonShapes.simplified(part, area.loadType()) : part;
            if (shape != part) {
                simplified.add(whole.id());
            }
            if (!shape.rings().isEmpty()) {
                polygons.add(shape);
            }
        }
        return new Page<>(RecordList.of(polygons), end(page, clipped, simplified));
    }

    /** Polygons of a map sheet; as {@link #polygonsByArea}, and with a refusal for a text that is no sheet's number. */
    public Page<Polygon> polygonsBySheet(Sheet sheet, PageRequest request) {
        return polygonsByArea(area(sheet), request);
    }

    private EncodedPage read(FeatureKind kind, Area area, PageRequest request) {
        if (area.ellipsoid() == Ellipsoid.BESSEL_1841) {
            throw new Refusal(
                    Refusal.Code.INVALID,
                    "Coordinates on Bessel 1841 are not yet served: ask on WGS 84 (0) or GRS 80 (2).");
        }
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
            if (DatabaseTrouble.isIn(e)) {
                throw new Refusal(
                        Refusal.Code.UNAVAILABLE, "The map's database cannot be reached now; try again later.");
            }
            throw e;
        }
    }

    private static <T extends Record> RecordList<T> encoded(EncodedFeatures features) {
        return RecordList.encoded(features.count(), features.bytes());
    }

    private static PageEnd end(EncodedPage page, List<Long> clipped, List<Long> simplified) {
        return new PageEnd(page.reason() == Reason.COMPLETE, page.reason(), page.continuation(), clipped, simplified);
    }

    private static Area area(Sheet sheet) {
        MapSheet cell = MapSheet.of(sheet.mapId());
        return new Area(Ellipsoid.WGS84, sheet.loadType(), cell.west(), cell.south(), cell.east(), cell.north());
    }
}
