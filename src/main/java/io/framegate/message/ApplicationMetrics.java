package io.framegate.message;

import java.util.List;
import java.util.function.Supplier;

/**
 * What an application counts of its own, shown to operators beside what the gate counts: on the console page, in the running
 * info and as metrics. A CDI bean of this type is found when the gate starts; nothing is registered anywhere.
 *
 * <pre>{@code
 * @ApplicationScoped
 * public class ShoutMetrics implements ApplicationMetrics {
 *     public String name() { return "shout"; }
 *     public String title() { return "Shouting"; }
 *     public List<Figure> figures() {
 *         return List.of(new Figure("loud", "shouted loudly", Unit.COUNT, loud::sum)); // framegate.shout.loud
 *     }
 * }
 * }</pre>
 */
public interface ApplicationMetrics {

    /** Small letters and dots: the metrics begin with {@code framegate.}, it, and a dot. Different for every bean. */
    String name();

    /** For people: the heading on the page. */
    String title();

    /** All of them, in the order of the page; asked for once, at the start. */
    List<Figure> figures();

    /**
     * What of the gate's settings does not go well with this application, each in a sentence that says what to change: for the log,
     * once, at the start.
     *
     * @param workerThreads how many requests may be worked at a time
     */
    default List<String> advice(int workerThreads) {
        return List.of();
    }

    /**
     * One number.
     *
     * @param name small letters and dots, the end of the metric's name
     * @param words for people, beside the number
     * @param value of this moment; asked by any thread, it neither waits nor throws
     */
    record Figure(String name, String words, Unit unit, Supplier<? extends Number> value) {}

    /** What a number is of. */
    enum Unit {
        COUNT,
        BYTES,
        SECONDS
    }
}
