package io.framegate.message;

import java.util.List;
import java.util.function.Supplier;

/**
 * Metrics of an application's own, shown beside the gate's: on the console page, in the running info and as metrics. The gate finds
 * CDI beans of this type when it starts; nothing is registered.
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

    /** The metrics' prefix after {@code framegate.}: small letters and dots, different for every bean. */
    String name();

    /** The heading on the page. */
    String title();

    /** All metrics, in the order of the page; called once, at the start. */
    List<Figure> figures();

    /**
     * Advice about settings of the gate that do not fit this application, a sentence each, for the log. Called once, at the start.
     *
     * @param workerThreads the number of worker threads
     */
    default List<String> advice(int workerThreads) {
        return List.of();
    }

    /**
     * One metric.
     *
     * @param name the end of the metric's name: small letters and dots
     * @param words a description, beside the number
     * @param value the present value; called by any thread, it neither blocks nor throws
     */
    record Figure(String name, String words, Unit unit, Supplier<? extends Number> value) {}

    /** The unit of a metric. */
    enum Unit {
        COUNT,
        BYTES,
        SECONDS
    }
}
