package io.framegate.map.page;

import io.framegate.map.message.Area;
import io.framegate.map.message.Height3DInfos;
import io.framegate.map.message.Links;
import io.framegate.map.message.LoadHeight3DInfosByArea;
import io.framegate.map.message.LoadLinksByArea;
import io.framegate.map.message.LoadNodesByArea;
import io.framegate.map.message.LoadPassInfosByArea;
import io.framegate.map.message.LoadPolygon3DInfosByArea;
import io.framegate.map.message.LoadPolygonsByArea;
import io.framegate.map.message.LoadPolylinesByArea;
import io.framegate.map.message.Nodes;
import io.framegate.map.message.PassInfos;
import io.framegate.map.message.Polygon3DInfos;
import io.framegate.map.message.Polygons;
import io.framegate.map.message.Polylines;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** What the page can show, with the request and its answer. */
enum PageKind {
    LINKS(LoadLinksByArea::new, Links.class),
    NODES(LoadNodesByArea::new, Nodes.class),
    POLYGONS(LoadPolygonsByArea::new, Polygons.class),
    POLYLINES(LoadPolylinesByArea::new, Polylines.class),
    TURNS(LoadPassInfosByArea::new, PassInfos.class),
    BUILDINGS3D(LoadPolygon3DInfosByArea::new, Polygon3DInfos.class),
    HEIGHTS(LoadHeight3DInfosByArea::new, Height3DInfos.class);

    private final Function<Area, Record> request;
    private final Class<? extends Record> answer;

    PageKind(Function<Area, Record> request, Class<? extends Record> answer) {
        this.request = request;
        this.answer = answer;
    }

    /** Finds a kind by the word in the page's address: {@code links}. */
    static Optional<PageKind> of(String word) {
        return Arrays.stream(values())
                .filter(kind -> kind.name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst();
    }

    Record request(Area area) {
        return request.apply(area);
    }

    Class<? extends Record> answer() {
        return answer;
    }
}
