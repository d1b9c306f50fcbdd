package io.framegate.testkit;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says in one line how many tests a build has run, by the reports of Surefire and Failsafe, and names those that were skipped, such
 * as for want of a tool. Where the environment has {@code CI=true}, one that is skipped is a failure.
 */
public final class TestCounts {

    private static final Pattern SUITE = Pattern.compile("<testsuite [^>]*>");
    private static final Pattern SKIPPED = Pattern.compile(
            "<testcase name=\"([^\"]*)\" classname=\"([^\"]*)\"[^>]*>\\s*<skipped(?: type=\"([^\"]*)\")?(?: message=\"([^\"]*)\")?");

    private TestCounts() {}

    /** @param arguments the build's directory */
    public static void main(String[] arguments) throws IOException {
        int tests = 0;
        int failed = 0;
        List<String> skipped = new ArrayList<>();
        List<String> elsewhere = new ArrayList<>();
        for (String reports : List.of("surefire-reports", "failsafe-reports")) {
            Path directory = Path.of(arguments[0], reports);
            if (!Files.isDirectory(directory)) {
                continue;
            }
            try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, "TEST-*.xml")) {
                for (Path each : all) {
                    String report = Files.readString(each);
                    Matcher suite = SUITE.matcher(report);
                    if (suite.find()) {
                        tests += number(suite.group(), "tests");
                        failed += number(suite.group(), "failures") + number(suite.group(), "errors");
                    }
                    for (Matcher test = SKIPPED.matcher(report); test.find(); ) {
                        String name = test.group(2) + "." + test.group(1);
                        if (test.group(3) == null) {
                            // Its annotation says which command runs it.
                            elsewhere.add(name + ": " + test.group(4));
                        } else {
                            skipped.add(name);
                        }
                    }
                }
            }
        }
        elsewhere.forEach(each -> System.out.println("Left to another command: " + each));
        skipped.forEach(each -> System.out.println("Skipped: " + each));
        System.out.println((tests - failed - skipped.size() - elsewhere.size()) + " passed, " + failed + " failed, "
                + skipped.size() + " skipped");
        if (!skipped.isEmpty() && "true".equals(System.getenv("CI"))) {
            System.out.println("With CI=true no test may be skipped.");
            System.exit(1);
        }
    }

    private static int number(String suite, String attribute) {
        Matcher found = Pattern.compile(" " + attribute + "=\"(\\d+)\"").matcher(suite);
        return found.find() ? Integer.parseInt(found.group(1)) : 0;
    }
}
