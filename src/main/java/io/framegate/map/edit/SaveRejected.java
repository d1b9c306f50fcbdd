package io.framegate.map.edit;

import io.framegate.map.message.SaveResult;
import io.framegate.map.message.SaveResult.Conflict;
import io.framegate.map.message.SaveResult.Outcome;
import io.framegate.map.message.SaveResult.Problem;
import java.util.List;

/** Thrown out of a transaction to roll it back, with the answer that says why. Without a stack trace: it is no fault. */
final class SaveRejected extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient SaveResult result;

    private SaveRejected(SaveResult result) {
        super(result.outcome().name(), null, false, false);
        this.result = result;
    }

    static SaveRejected since(List<Problem> problems) {
        return new SaveRejected(new SaveResult(Outcome.INVALID, 0, List.of(), List.of(), problems));
    }

    static SaveRejected inConflict(List<Conflict> conflicts) {
        return new SaveRejected(new SaveResult(Outcome.CONFLICT, 0, List.of(), conflicts, List.of()));
    }

    SaveResult result() {
        return result;
    }
}
