package io.framegate.map.edit;

import io.framegate.map.message.Changes;
import io.framegate.map.message.LoadChangesSince;
import io.framegate.map.store.ChangeFeed;
import io.framegate.map.store.MapPersistence;
import io.framegate.message.DatabaseErrors;
import io.framegate.message.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;

/** Answers what has changed since, from the history. */
@ApplicationScoped
public class FeatureChanges {

    // Set by the container before the first call, and never after.
    private MapPersistence persistence;
    private ChangeFeed feed;

    /** For the container's proxy. */
    protected FeatureChanges() {}

    @Inject
    FeatureChanges(MapPersistence persistence, ChangeFeed feed) {
        this.persistence = persistence;
        this.feed = feed;
    }

    /**
     * The changes after a number.
     *
     * @param dataSet the name of the data set
     * @throws Refusal while there is no database or no such data set
     */
    @Transactional
    public Changes since(LoadChangesSince request, String dataSet) {
        try (EntityManager entities = persistence.open()) {
            return new ChangeLog(entities).since(request, feed.present(dataSet, request.since()));
        } catch (Refusal e) {
            throw e;
        } catch (RuntimeException e) {
            if (DatabaseErrors.isIn(e)) {
                throw new Refusal(
                        Refusal.Code.UNAVAILABLE, "The map's database cannot be reached now; try again later.");
            }
            throw e;
        }
    }
}
