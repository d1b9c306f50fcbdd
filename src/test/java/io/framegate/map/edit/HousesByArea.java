package io.framegate.map.edit;

import io.framegate.map.message.LoadPolygonsByArea;
import io.framegate.map.message.Polygons;
import io.framegate.map.store.AreaVersions;
import io.framegate.map.store.EncodedFeatures;
import io.framegate.map.store.FeatureKind;
import io.framegate.map.store.FeatureQueries;
import io.framegate.message.RecordList;
import io.framegate.message.VersionedWorker;

/** Answers by area of the {@link EditedMap}, without a container: kept as long as their version holds. */
class HousesByArea implements VersionedWorker<LoadPolygonsByArea, Polygons> {

    private final FeatureQueries queries;
    private final AreaVersions versions;

    HousesByArea(FeatureQueries queries, AreaVersions versions) {
        this.queries = queries;
        this.versions = versions;
    }

    @Override
    public Object version(LoadPolygonsByArea request) {
        return versions.of(EditedMap.NAME, request.area());
    }

    @Override
    public Polygons process(LoadPolygonsByArea request) {
        EncodedFeatures found = queries.inArea(FeatureKind.POLYGONS, EditedMap.NAME, request.area());
        return new Polygons(RecordList.encoded(found.count(), found.bytes()));
    }
}
