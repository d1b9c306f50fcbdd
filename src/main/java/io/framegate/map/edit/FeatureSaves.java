package io.framegate.map.edit;

import io.framegate.map.message.SaveFeatures;
import io.framegate.map.message.SaveResult;
import io.framegate.map.store.OutcomeUnknownException;
import io.framegate.map.store.Transactions;
import io.framegate.message.DatabaseTrouble;
import io.framegate.message.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/**
 * Saves: what can be seen without the database is checked first, then all of it is one transaction, {@link Save}.
 *
 * <p><b>When others are in the way.</b> A save waits for the locks of another one, all take them in one order, so two
 * saves cannot wait for each other. If the database gives one up all the same (a deadlock with somebody else's
 * statements), the whole transaction is done again, at most {@value #MOST_ATTEMPTS} times in all.
 */
@ApplicationScoped
public class FeatureSaves {

    private static final int MOST_ATTEMPTS = 4;

    // Set by the container before the first call, and never after.
    private Transactions transactions;

    /** For the container's proxy. */
    protected FeatureSaves() {}

    @Inject
    FeatureSaves(Transactions transactions) {
        this.transactions = transactions;
    }

    /**
     * Saves all features of a request, or none.
     *
     * @param dataSet the name of the data set
     * @throws Refusal for a request that is no save at all, for a key that was used for another one, and while there is
     *     no database or no data; its sentence says whether the outcome is known
     */
    public SaveResult save(SaveFeatures request, String dataSet) {
        try {
            new SaveChecks(request).check();
            return saveInTransaction(request, dataSet);
        } catch (NotSaved e) {
            return e.result();
        }
    }

    private SaveResult saveInTransaction(SaveFeatures request, String dataSet) {
        for (int attempt = 1; ; attempt++) {
            try {
                return transactions.inTransaction(entities -> new Save(entities, request, dataSet).apply());
            } catch (OutcomeUnknownException e) {
                throw new Refusal(
                        Refusal.Code.UNAVAILABLE,
                        "Outcome unknown: the database was lost while it stored this save. Ask again with the same key;"
                                + " it will be saved once.");
            } catch (NotSaved | Refusal e) {
                throw e;
            } catch (RuntimeException e) {
                if (!DatabaseTrouble.gaveWay(e) || attempt == MOST_ATTEMPTS) {
                    throw nothingSaved(e);
                }
            }
        }
    }

    /** The same exception if it is a fault of ours. */
    private static RuntimeException nothingSaved(RuntimeException thrown) {
        if (DatabaseTrouble.gaveWay(thrown) || DatabaseTrouble.waitedInVain(thrown)) {
            return new Refusal(
                    Refusal.Code.BUSY, "Nothing was saved: others are saving the same features now; try again later.");
        }
        if (DatabaseTrouble.isIn(thrown)) {
            return new Refusal(
                    Refusal.Code.UNAVAILABLE,
                    "Nothing was saved: the map's database cannot be reached now; try again later.");
        }
        return thrown;
    }
}
