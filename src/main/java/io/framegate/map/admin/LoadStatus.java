package io.framegate.map.admin;

import io.framegate.map.load.LoadProgress.Phase;
import io.framegate.map.load.LoadReport;
import java.util.Optional;

/**
 * How a load is doing.
 *
 * @param number 1, 2, 3 … since the start of the server
 * @param dataSet the name it is to have
 * @param file the file's name, without its directory
 * @param state what goes on
 * @param phase of the load, while it runs
 * @param done of {@code total}, in the phase's unit
 * @param total in the phase's unit
 * @param perSecond units a second since the phase began
 * @param secondsLeft until the phase is done, at that rate; nothing while there is no rate
 * @param words why it failed, as a sentence; empty otherwise
 * @param report what is stored, when it is done
 */
public record LoadStatus(
        int number,
        String dataSet,
        String file,
        State state,
        Phase phase,
        long done,
        long total,
        long perSecond,
        Optional<Long> secondsLeft,
        String words,
        Optional<LoadReport> report) {

    static LoadStatus begun(int number, String dataSet, String file, Phase phase) {
        return new LoadStatus(
                number, dataSet, file, State.RUNNING, phase, 0, 0, 0, Optional.empty(), "", Optional.empty());
    }

    LoadStatus at(Phase newPhase, long newDone, long newTotal, long nanos) {
        double rate = nanos <= 0 ? 0 : newDone * 1e9 / nanos;
        Optional<Long> left = rate > 0 ? Optional.of(Math.round((newTotal - newDone) / rate)) : Optional.empty();
        return new LoadStatus(
                number,
                dataSet,
                file,
                State.RUNNING,
                newPhase,
                newDone,
                newTotal,
                Math.round(rate),
                left,
                "",
                Optional.empty());
    }

    LoadStatus done(LoadReport stored) {
        return ended(State.DONE, "", Optional.of(stored));
    }

    LoadStatus failed(String sentence) {
        return ended(State.FAILED, sentence, Optional.empty());
    }

    private LoadStatus ended(State end, String sentence, Optional<LoadReport> stored) {
        return new LoadStatus(
                number, dataSet, file, end, phase, done, total, perSecond, Optional.empty(), sentence, stored);
    }

    /** What goes on. */
    public enum State {
        RUNNING,
        DONE,
        /** Nothing has changed in the database. */
        FAILED
    }
}
