package io.framegate.testkit.abuse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Takes the figures that tests measure of how the gate bears trouble. Each is printed; the profile {@code abuse} keeps them
 * in {@code src/docs/scorecard.tsv} and writes the page {@code src/docs/scorecard.md} of them, where a new figure takes the
 * place of the old one of its test.
 */
public final class Scorecard {

    /** Whether the whole catalogue is asked for, instead of its quick half. */
    public static final boolean WHOLE = Boolean.getBoolean("framegate.abuse");

    /** The row of the rule that holds in every trouble. */
    public static final int RULE = 0;

    /** A line each, with tabs: number, test, trouble, figure, day. */
    private static final Path ROWS = Path.of("src/docs/scorecard.tsv");

    private static final Path PAGE = Path.of("src/docs/scorecard.md");

    private static final String ABOVE_THE_ROWS =
            """
            # Trouble, and what it costs

            Each row is a trouble that the gate was put to, what must hold in it, and what was measured by the command beside it; a
            test fails where the claim does not hold. `mvn -Pabuse` runs all of them and writes this page; where a row has a part in the
            normal tests, that is smaller and has shorter limits. The gate is in a process of its own, or in Payara Micro with PostgreSQL
            where the row needs them. "Canary" is a well-behaved client with 20 requests a second beside the trouble, which must
            see no error and a p99 of at most 250 ms. U is the rule for all of them.

            | # | trouble: what holds | measured | by | on |
            |---|---|---|---|---|
            """;

    /** At the end of figures that are not of the profile's; it writes none. */
    private static final String QUICK = "(the quick half)";

    private static final String ABOUT_QUICK =
            """

            A figure with "(the quick half)" is of a normal run beside several other builds on the same 2 cores, where a canary may have up to
            2.5 s; the next run of the profile takes its place.
            """;

    private static final String BELOW_THE_ROWS =
            """

            Not shown, and why:

            - 28, in one point: Payara itself keeps a few class loaders of applications that are gone, the same number after any number of
              redeploys; `RedeployIT` names the paths to them and fails where there are more.
            - 27, where the write-ahead log is on the disk that is full: PostgreSQL ends then, which is row 23.
            - Loss and reordering on the network: it takes rights that a build does not have. Clients that vanish are a proxy's doing,
              which stops to carry bytes (4).
            - Clocks that jump: every limit in time is measured by the monotonic clock.
            """;

    private Scorecard() {}

    /** The one size for a quick run, the other for the whole catalogue. */
    public static int size(int quick, int whole) {
        return WHOLE ? whole : quick;
    }

    /**
     * Takes a figure of the test that calls.
     *
     * @param row its number in the list of troubles, or {@link #RULE}
     * @param fault and what holds in it
     * @param figure a format of what was measured
     */
    public static synchronized void row(int row, String fault, String figure, Object... values) {
        StackWalker.StackFrame test = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
                .walk(frames -> frames.filter(Scorecard::isTest).findFirst().orElseThrow());
        String measured = String.format(Locale.ROOT, figure, values);
        System.out.println("Row " + number(row) + ": " + fault + ": " + measured);
        if (WHOLE) {
            try {
                keep(row, test.getDeclaringClass().getSimpleName() + "#" + test.getMethodName(), fault, measured);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static boolean isTest(StackWalker.StackFrame frame) {
        return Arrays.stream(frame.getDeclaringClass().getDeclaredMethods())
                .anyMatch(method -> method.getName().equals(frame.getMethodName())
                        && AnnotationSupport.isAnnotated(method, Testable.class));
    }

    private static void keep(int row, String test, String fault, String measured) throws IOException {
        Map<String, String> rows = new TreeMap<>();
        if (Files.exists(ROWS)) {
            for (String line : Files.readAllLines(ROWS, StandardCharsets.UTF_8)) {
                rows.put(key(line.split("\t")), line);
            }
        }
        String[] cells = {"%02d".formatted(row), test, fault, measured.replaceAll("\\s+", " "), "" + LocalDate.now()};
        rows.put(key(cells), String.join("\t", cells));
        Files.write(ROWS, rows.values(), StandardCharsets.UTF_8);
        StringBuilder page = new StringBuilder(ABOVE_THE_ROWS);
        for (String line : rows.values()) {
            String[] kept = line.split("\t");
            page.append("| %s | %s | %s | `%s` | %s |\n"
                    .formatted(number(Integer.parseInt(kept[0])), kept[2], kept[3], command(kept[1]), kept[4]));
        }
        if (rows.values().stream().anyMatch(line -> line.contains(QUICK))) {
            page.append(ABOUT_QUICK);
        }
        page.append(BELOW_THE_ROWS);
        Files.writeString(PAGE, page, StandardCharsets.UTF_8);
    }

    private static String number(int row) {
        return row == RULE ? "U" : String.valueOf(row);
    }

    /** A test may have several rows, and a trouble several tests. */
    private static String key(String[] cells) {
        return cells[0] + cells[1] + cells[2];
    }

    private static String command(String test) {
        return test.contains("IT#") ? "mvn -Pabuse -Dtest=NONE -Dit.test=" + test : "mvn -Pabuse test -Dtest=" + test;
    }
}
