package io.framegate.map.work;

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
import io.framegate.map.store.FeatureKind;
import io.framegate.message.VersionedWorker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** The workers that answer features of an area or a map sheet as a whole; their answers are cached. */
public final class LoadWorkers {

    private LoadWorkers() {}

    /** Answers {@link LoadHeight3DInfosByArea}. */
    @ApplicationScoped
    public static class Height3DInfosByArea implements VersionedWorker<LoadHeight3DInfosByArea, Height3DInfos> {

        @Inject
        private MapReader map;

        @Override
        public Object version(LoadHeight3DInfosByArea request) {
            return map.version(request.area());
        }

        @Override
        public Height3DInfos process(LoadHeight3DInfosByArea request) {
            return new Height3DInfos(map.byArea(FeatureKind.HEIGHT_3D_INFOS, request.area()));
        }
    }

    /** Answers {@link LoadLinksByArea}. */
    @ApplicationScoped
    public static class LinksByArea implements VersionedWorker<LoadLinksByArea, Links> {

        @Inject
        private MapReader map;

        @Override
        public Object version(LoadLinksByArea request) {
            return map.version(request.area());
        }

        @Override
        public Links process(LoadLinksByArea request) {
            return new Links(map.byArea(FeatureKind.LINKS, request.area()));
        }
    }

    /** Answers {@link LoadLinksByMapId}. */
    @ApplicationScoped
    public static class LinksByMapId implements VersionedWorker<LoadLinksByMapId, Links> {

        @Inject
        private MapReader map;

        @Override
        public Object version(LoadLinksByMapId request) {
            return map.version(request.sheet());
        }

        @Override
        public Links process(LoadLinksByMapId request) {
            return new Links(map.bySheet(FeatureKind.LINKS, request.sheet()));
        }
    }

    /** Answers {@link LoadNodesByArea}. */
    @ApplicationScoped
    public static class NodesByArea implements VersionedWorker<LoadNodesByArea, Nodes> {

        @Inject
        private MapReader map;

        @Override
        public Object version(LoadNodesByArea request) {
            return map.version(request.area());
        }

        @Override
        public Nodes process(LoadNodesByArea request) {
            return new Nodes(map.byArea(FeatureKind.NODES, request.area()));
        }
    }

    /** Answers {@link LoadNodesByMapId}. */
    @ApplicationScoped
    public static class NodesByMapId implements VersionedWorker<LoadNodesByMapId, Nodes> {

        @Inject
        private MapReader map;

        @Override
        public Object version(LoadNodesByMapId request) {
            return map.version(request.sheet());
        }

        @Override
        public Nodes process(LoadNodesByMapId request) {
            return new Nodes(map.bySheet(FeatureKind.NODES, request.sheet()));
        }
    }

    /** Answers {@link LoadPassInfosByArea}. */
    @ApplicationScoped
    public static class PassInfosByArea implements VersionedWorker<LoadPassInfosByArea, PassInfos> {

        @Inject
        private MapReader map;

        @Override
        public Object version(LoadPassInfosByArea request) {
            return map.version(request.area());
        }

        @Override
        public PassInfos process(LoadPassInfosByArea request) {
            return new PassInfos(map.byArea(FeatureKind.PASS_INFOS, request.area()));
        }
    }

    /** Answers {@link LoadPassInfosByMapId}. */
    @ApplicationScoped
    public static class PassInfosByMapId implements VersionedWorker<LoadPassInfosByMapId, PassInfos> {

        @Inject
        private MapReader map;

        @Override
        public Object version(LoadPassInfosByMapId request) {
            return map.version(request.sheet());
        }

        @Override
        public PassInfos process(LoadPassInfosByMapId request) {
            return new PassInfos(map.bySheet(FeatureKind.PASS_INFOS, request.sheet()));
        }
    }

    /** Answers {@link LoadPolygon3DInfosByArea}. */
    @ApplicationScoped
    public static class Polygon3DInfosByArea implements VersionedWorker<LoadPolygon3DInfosByArea, Polygon3DInfos> {

        @Inject
        private MapReader map;

        @Override
        public Object version(LoadPolygon3DInfosByArea request) {
            return map.version(request.area());
        }

        @Override
        public Polygon3DInfos process(LoadPolygon3DInfosByArea request) {
            return new Polygon3DInfos(map.byArea(FeatureKind.POLYGON_3D_INFOS, request.area()));
        }
    }

    /** Answers {@link LoadPolygonsByArea}. */
    @ApplicationScoped
    public static class PolygonsByArea implements VersionedWorker<LoadPolygonsByArea, Polygons> {

        @Inject
        private MapReader map;

        @Override
        public Object version(LoadPolygonsByArea request) {
            return map.version(request.area());
        }

        @Override
        public Polygons process(LoadPolygonsByArea request) {
            return new Polygons(map.byArea(FeatureKind.POLYGONS, request.area()));
        }
    }

    /** Answers {@link LoadPolygonsByMapId}. */
    @ApplicationScoped
    public static class PolygonsByMapId implements VersionedWorker<LoadPolygonsByMapId, Polygons> {

        @Inject
        private MapReader map;

        @Override
        public Object version(LoadPolygonsByMapId request) {
            return map.version(request.sheet());
        }

        @Override
        public Polygons process(LoadPolygonsByMapId request) {
            return new Polygons(map.bySheet(FeatureKind.POLYGONS, request.sheet()));
        }
    }

    /** Answers {@link LoadPolylinesByArea}. */
    @ApplicationScoped
    public static class PolylinesByArea implements VersionedWorker<LoadPolylinesByArea, Polylines> {

        @Inject
        private MapReader map;

        @Override
        public Object version(LoadPolylinesByArea request) {
            return map.version(request.area());
        }

        @Override
        public Polylines process(LoadPolylinesByArea request) {
            return new Polylines(map.byArea(FeatureKind.POLYLINES, request.area()));
        }
    }

    /** Answers {@link LoadPolylinesByMapId}. */
    @ApplicationScoped
    public static class PolylinesByMapId implements VersionedWorker<LoadPolylinesByMapId, Polylines> {

        @Inject
        private MapReader map;

        @Override
        public Object version(LoadPolylinesByMapId request) {
            return map.version(request.sheet());
        }

        @Override
        public Polylines process(LoadPolylinesByMapId request) {
            return new Polylines(map.bySheet(FeatureKind.POLYLINES, request.sheet()));
        }
    }
}
