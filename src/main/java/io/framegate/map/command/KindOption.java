package io.framegate.map.command;

import io.framegate.map.message.Area;
import io.framegate.map.message.Height3DInfos;
import io.framegate.map.message.Links;
import io.framegate.map.message.LoadHeight3DInfosByArea;
import io.framegate.map.message.LoadLinksByArea;
import io.framegate.map.message.LoadLinksByMapId;
import io.framegate.map.message.LoadNodesByArea;
import io.framegate.map.message.LoadNodesByMapId;
import io.framegate.map.message.LoadPassInfosByArea;
import io.framegate.map.message.LoadPassInfosByMapId;
import io.framegate.map.message.LoadPolygon3DInfosByArea;
import io.framegate.map.message.LoadPolygonsByArea;
import io.framegate.map.message.LoadPolygonsByMapId;
import io.framegate.map.message.LoadPolylinesByArea;
import io.framegate.map.message.LoadPolylinesByMapId;
import io.framegate.map.message.Nodes;
import io.framegate.map.message.PassInfos;
import io.framegate.map.message.Polygon3DInfos;
import io.framegate.map.message.Polygons;
import io.framegate.map.message.Polylines;
import io.framegate.map.message.Sheet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** What can be loaded, with its requests and its answer. The names are those a person types. */
enum KindOption {
    LINKS(LoadLinksByArea::new, LoadLinksByMapId::new, Links.class, answer -> PrintedFeature.ofLinks((Links) answer)),
    NODES(LoadNodesByArea::new, LoadNodesByMapId::new, Nodes.class, answer -> PrintedFeature.ofNodes((Nodes) answer)),
    POLYGONS(
            LoadPolygonsByArea::new,
            LoadPolygonsByMapId::new,
            Polygons.class,
            answer -> PrintedFeature.ofPolygons((Polygons) answer)),
    POLYLINES(
            LoadPolylinesByArea::new,
            LoadPolylinesByMapId::new,
            Polylines.class,
            answer -> PrintedFeature.ofPolylines((Polylines) answer)),
    TURNS(
            LoadPassInfosByArea::new,
            LoadPassInfosByMapId::new,
            PassInfos.class,
            answer -> PrintedFeature.ofPassInfos((PassInfos) answer)),
    BUILDINGS3D(
            LoadPolygon3DInfosByArea::new,
            Polygon3DInfos.class,
            answer -> PrintedFeature.ofPolygon3DInfos((Polygon3DInfos) answer)),
    HEIGHTS(
            LoadHeight3DInfosByArea::new,
            Height3DInfos.class,
            answer -> PrintedFeature.ofHeight3DInfos((Height3DInfos) answer));

    private final Function<Area, Record> byArea;
    private final Optional<Function<Sheet, Record>> bySheet;
    private final Class<? extends Record> answer;
    private final Function<Record, List<PrintedFeature>> features;

    KindOption(
            Function<Area, Record> byArea,
            Function<Sheet, Record> bySheet,
            Class<? extends Record> answer,
            Function<Record, List<PrintedFeature>> features) {
        this(byArea, Optional.of(bySheet), answer, features);
    }

    /** Of a kind that there is no request by map sheet for. */
    KindOption(
            Function<Area, Record> byArea,
            Class<? extends Record> answer,
            Function<Record, List<PrintedFeature>> features) {
        this(byArea, Optional.empty(), answer, features);
    }

    KindOption(
            Function<Area, Record> byArea,
            Optional<Function<Sheet, Record>> bySheet,
            Class<? extends Record> answer,
            Function<Record, List<PrintedFeature>> features) {
        this.byArea = byArea;
        this.bySheet = bySheet;
        this.answer = answer;
        this.features = features;
    }

    Record request(Area area) {
        return byArea.apply(area);
    }

    /** Nothing for a kind that cannot be asked for by map sheet. */
    Optional<Record> request(Sheet sheet) {
        return bySheet.map(request -> request.apply(sheet));
    }

    Class<? extends Record> answer() {
        return answer;
    }

    /** The features of an answer to one of the requests. */
    List<PrintedFeature> features(Record message) {
        return features.apply(message);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
