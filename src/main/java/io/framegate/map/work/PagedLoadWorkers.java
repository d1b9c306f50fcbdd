package io.framegate.map.work;

import io.framegate.map.message.Height3DInfo;
import io.framegate.map.message.Height3DInfosV2;
import io.framegate.map.message.Link;
import io.framegate.map.message.LinksV2;
import io.framegate.map.message.LoadHeight3DInfosByAreaV2;
import io.framegate.map.message.LoadLinksByAreaV2;
import io.framegate.map.message.LoadLinksByMapIdV2;
import io.framegate.map.message.LoadNodesByAreaV2;
import io.framegate.map.message.LoadNodesByMapIdV2;
import io.framegate.map.message.LoadPassInfosByAreaV2;
import io.framegate.map.message.LoadPassInfosByMapIdV2;
import io.framegate.map.message.LoadPolygon3DInfosByAreaV2;
import io.framegate.map.message.LoadPolygonsByAreaV2;
import io.framegate.map.message.LoadPolygonsByMapIdV2;
import io.framegate.map.message.LoadPolylinesByAreaV2;
import io.framegate.map.message.LoadPolylinesByMapIdV2;
import io.framegate.map.message.Node;
import io.framegate.map.message.NodesV2;
import io.framegate.map.message.PassInfo;
import io.framegate.map.message.PassInfosV2;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polygon3DInfo;
import io.framegate.map.message.Polygon3DInfosV2;
import io.framegate.map.message.PolygonsV2;
import io.framegate.map.message.Polyline;
import io.framegate.map.message.PolylinesV2;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** The workers that answer features of an area or a map sheet page by page. */
public final class PagedLoadWorkers {

    private PagedLoadWorkers() {}

    /** Answers {@link LoadHeight3DInfosByAreaV2}. */
    @ApplicationScoped
    public static class Height3DInfosByArea implements Worker<LoadHeight3DInfosByAreaV2, Height3DInfosV2> {

        @Inject
        private PageReader map;

        @Override
        public Height3DInfosV2 process(LoadHeight3DInfosByAreaV2 request) {
            PageReader.Page<Height3DInfo> page =
                    map.byArea(FeatureKind.HEIGHT_3D_INFOS, request.area(), request.page());
            return new Height3DInfosV2(page.features(), page.end());
        }
    }

    /** Answers {@link LoadLinksByAreaV2}. */
    @ApplicationScoped
    public static class LinksByArea implements Worker<LoadLinksByAreaV2, LinksV2> {

        @Inject
        private PageReader map;

        @Override
        public LinksV2 process(LoadLinksByAreaV2 request) {
            PageReader.Page<Link> page = map.byArea(FeatureKind.LINKS, request.area(), request.page());
            return new LinksV2(page.features(), page.end());
        }
    }

    /** Answers {@link LoadLinksByMapIdV2}. */
    @ApplicationScoped
    public static class LinksByMapId implements Worker<LoadLinksByMapIdV2, LinksV2> {

        @Inject
        private PageReader map;

        @Override
        public LinksV2 process(LoadLinksByMapIdV2 request) {
            PageReader.Page<Link> page = map.bySheet(FeatureKind.LINKS, request.sheet(), request.page());
            return new LinksV2(page.features(), page.end());
        }
    }

    /** Answers {@link LoadNodesByAreaV2}. */
    @ApplicationScoped
    public static class NodesByArea implements Worker<LoadNodesByAreaV2, NodesV2> {

        @Inject
        private PageReader map;

        @Override
        public NodesV2 process(LoadNodesByAreaV2 request) {
            PageReader.Page<Node> page = map.byArea(FeatureKind.NODES, request.area(), request.page());
            return new NodesV2(page.features(), page.end());
        }
    }

    /** Answers {@link LoadNodesByMapIdV2}. */
    @ApplicationScoped
    public static class NodesByMapId implements Worker<LoadNodesByMapIdV2, NodesV2> {

        @Inject
        private PageReader map;

        @Override
        public NodesV2 process(LoadNodesByMapIdV2 request) {
            PageReader.Page<Node> page = map.bySheet(FeatureKind.NODES, request.sheet(), request.page());
            return new NodesV2(page.features(), page.end());
        }
    }

    /** Answers {@link LoadPassInfosByAreaV2}. */
    @ApplicationScoped
    public static class PassInfosByArea implements Worker<LoadPassInfosByAreaV2, PassInfosV2> {

        @Inject
        private PageReader map;

        @Override
        public PassInfosV2 process(LoadPassInfosByAreaV2 request) {
            PageReader.Page<PassInfo> page = map.byArea(FeatureKind.PASS_INFOS, request.area(), request.page());
            return new PassInfosV2(page.features(), page.end());
        }
    }

    /** Answers {@link LoadPassInfosByMapIdV2}. */
    @ApplicationScoped
    public static class PassInfosByMapId implements Worker<LoadPassInfosByMapIdV2, PassInfosV2> {

        @Inject
        private PageReader map;

        @Override
        public PassInfosV2 process(LoadPassInfosByMapIdV2 request) {
            PageReader.Page<PassInfo> page = map.bySheet(FeatureKind.PASS_INFOS, request.sheet(), request.page());
            return new PassInfosV2(page.features(), page.end());
        }
    }

    /** Answers {@link LoadPolygon3DInfosByAreaV2}. */
    @ApplicationScoped
    public static class Polygon3DInfosByArea implements Worker<LoadPolygon3DInfosByAreaV2, Polygon3DInfosV2> {

        @Inject
        private PageReader map;

        @Override
        public Polygon3DInfosV2 process(LoadPolygon3DInfosByAreaV2 request) {
            PageReader.Page<Polygon3DInfo> page =
                    map.byArea(FeatureKind.POLYGON_3D_INFOS, request.area(), request.page());
            return new Polygon3DInfosV2(page.features(), page.end());
        }
    }

    /** Answers {@link LoadPolygonsByAreaV2}. */
    @ApplicationScoped
    public static class PolygonsByArea implements Worker<LoadPolygonsByAreaV2, PolygonsV2> {

        @Inject
        private PageReader map;

        @Override
        public PolygonsV2 process(LoadPolygonsByAreaV2 request) {
            PageReader.Page<Polygon> page = map.polygonsByArea(request.area(), request.page());
            return new PolygonsV2(page.features(), page.end());
        }
    }

    /** Answers {@link LoadPolygonsByMapIdV2}. */
    @ApplicationScoped
    public static class PolygonsByMapId implements Worker<LoadPolygonsByMapIdV2, PolygonsV2> {

        @Inject
        private PageReader map;

        @Override
        public PolygonsV2 process(LoadPolygonsByMapIdV2 request) {
            PageReader.Page<Polygon> page = map.polygonsBySheet(request.sheet(), request.page());
            return new PolygonsV2(page.features(), page.end());
        }
    }

    /** Answers {@link LoadPolylinesByAreaV2}. */
    @ApplicationScoped
    public static class PolylinesByArea implements Worker<LoadPolylinesByAreaV2, PolylinesV2> {

        @Inject
        private PageReader map;

        @Override
        public PolylinesV2 process(LoadPolylinesByAreaV2 request) {
            PageReader.Page<Polyline> page = map.byArea(FeatureKind.POLYLINES, request.area(), request.page());
            return new PolylinesV2(page.features(), page.end());
        }
    }

    /** Answers {@link LoadPolylinesByMapIdV2}. */
    @ApplicationScoped
    public static class PolylinesByMapId implements Worker<LoadPolylinesByMapIdV2, PolylinesV2> {

        @Inject
        private PageReader map;

        @Override
        public PolylinesV2 process(LoadPolylinesByMapIdV2 request) {
            PageReader.Page<Polyline> page = map.bySheet(FeatureKind.POLYLINES, request.sheet(), request.page());
            return new PolylinesV2(page.features(), page.end());
        }
    }
}
