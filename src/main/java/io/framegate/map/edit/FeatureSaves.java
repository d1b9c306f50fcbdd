package io.framegate.map.edit;

import io.framegate.map.message.SaveFeatures;
import io.framegate.map.message.SaveResult;
import io.framegate.map.store.KnownHistory;
import io.framegate.map.store.OutcomeUnknownException;
import io.framegate.map.store.Transactions;
import io.framegate.message.DatabaseErrors;
import io.framegate.message.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Saves: what can be seen without the database is checked first, then all of it is one transaction, {@link SaveBatch}.
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
    private KnownHistory history;
    private final SaveFailures failure = new SaveFailures();

    /** For the container's proxy. */
    protected FeatureSaves() {}

    @Inject
    FeatureSaves(Transactions transactions, KnownHistory history) {
        this.transactions = transactions;
        this.history = history;
    }

    /**
     * Saves all features of a request, or none.
     *
     * @param dataSet the name of the data set
     * @throws Refusal for a request that is no save at all, for a key that was used for another one, and while there is
     *     no database or no data; its sentence says whether the outcome is known
     */
    public SaveResult save(SaveFeatures request, String dataSet) {
        return saveAll(List.of(request), List.of(dataSet)).get(0);
    }

    /**
     * Saves several requests in one transaction; of each all features, or none. Their answers are those that they had had
     * one after the other.
     *
     * @param dataSets the name of the data set of each
     * @throws Refusal as for {@link #save}; then none of them is saved
     * @throws RuntimeException if one of several could not be saved and was partly written; then none of them is saved, and
     *     they are to be saved without each other
     */
    public List<SaveResult> saveAll(List<SaveFeatures> requests, List<String> dataSets) {
        List<@Nullable SaveResult> results = new ArrayList<>();
        List<SaveBatch.Asked> asked = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            try {
                new SaveChecks(requests.get(i)).check();
                asked.add(new SaveBatch.Asked(requests.get(i), dataSets.get(i)));
                results.add(null);
            } catch (SaveRejected e) {
                results.add(e.result());
            }
        }
        Iterator<SaveResult> made = (asked.isEmpty() ? List.<SaveResult>of() : saveInTransaction(asked)).iterator();
        return results.stream()
                .map(result -> result == null ? made.next() : result)
                .toList();
    }

    private List<SaveResult> saveInTransaction(List<SaveBatch.Asked> asked) {
        for (int attempt = 1; ; attempt++) {
            try {
                SaveBatch.Made made =
                        transactions.inTransaction(entities -> new SaveBatch(entities, asked, history.last()).apply());
                made.appended()
                        .ifPresent(changes -> history.committed(changes.asked(), changes.there(), changes.made()));
                failure.stored();
                return made.results();
            } catch (OutcomeUnknownException e) {
                throw new Refusal(
                        Refusal.Code.OUTCOME_UNKNOWN,
                        "Outcome unknown: the database was lost while it stored this save. Ask again with the same key;"
                                + " it will be saved once.");
            } catch (SaveRejected e) {
                if (asked.size() > 1) {
                    throw e;
                }
                return List.of(e.result());
            } catch (Refusal e) {
                throw e;
            } catch (SaveBatch.AnotherHistory e) {
                if (attempt == MOST_ATTEMPTS) {
                    throw nothingSaved(e);
                }
                takeNote(e.appended());
            } catch (RuntimeException e) {
                boolean again = DatabaseErrors.isSerializationFailure(e) || e instanceof SaveKeys.TakenMeanwhile;
                if (!again || attempt == MOST_ATTEMPTS) {
                    throw nothingSaved(e);
                }
            }
        }
    }

    private void takeNote(ChangeLog.Appended appended) {
        try {
            transactions.inTransaction(entities -> {
                try {
                    history.notCommitted(
                            entities.unwrap(Connection.class), appended.asked(), appended.there(), appended.made());
                    return appended;
                } catch (SQLException e) {
                    throw new SaveBatch.StatementFailedException(e);
                }
            });
        } catch (RuntimeException e) {
            throw nothingSaved(e);
        }
    }

    /** Why saves were refused lately though the database is there, in words to go after "the database"; empty if they were not. */
    public Optional<String> failure() {
        return failure.words();
    }

    /** The same exception if it is a fault of ours. */
    private RuntimeException nothingSaved(RuntimeException thrown) {
        if (DatabaseErrors.isSerializationFailure(thrown)
                || DatabaseErrors.isLockTimeout(thrown)
                || thrown instanceof SaveKeys.TakenMeanwhile
                || thrown instanceof SaveBatch.AnotherHistory) {
            return new Refusal(
                    Refusal.Code.BUSY, "Nothing was saved: others are saving the same features now; try again later.");
        }
        Optional<String> lasting = DatabaseErrors.exhausted(thrown)
                .or(() -> DatabaseErrors.isReadOnly(thrown) ? Optional.of("takes no changes now") : Optional.empty());
        if (lasting.isPresent()) {
            failure.refused(lasting.get());
            return new Refusal(
                    Refusal.Code.UNAVAILABLE,
                    "Nothing was saved: the map's database " + lasting.get() + "; try again later.");
        }
        if (DatabaseErrors.isIn(thrown)) {
            return new Refusal(
                    Refusal.Code.UNAVAILABLE,
                    "Nothing was saved: the map's database cannot be reached now; try again later.");
        }
        return thrown;
    }
}
