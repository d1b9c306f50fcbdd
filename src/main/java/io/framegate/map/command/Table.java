package io.framegate.map.command;

import java.io.PrintWriter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes features as a table: a head line, then one line each, numbers to the right. */
final class Table {

    private static final String GAP = "  ";

    private Table() {}

    /** Writes a table; nothing at all where there are no features. */
    static void write(List<PrintedFeature> features, PrintWriter out) {
        if (features.isEmpty()) {
            return;
        }
        List<String> head = head(features.get(0));
        List<List<String>> rows = features.stream().map(Table::row).toList();
        int[] widths = new int[head.size()];
        boolean[] numbers = new boolean[head.size()];
        for (int column = 0; column < widths.length; column++) {
            int at = column;
            widths[at] = Math.max(
                    head.get(at).length(),
                    rows.stream().mapToInt(row -> row.get(at).length()).max().orElse(0));
            numbers[at] = rows.get(0).get(at).matches("-?\\d+(\\.\\d+)?");
        }
        // The name comes last and may be anything.
        numbers[widths.length - 1] = false;
        print(head, widths, numbers, out);
        rows.forEach(row -> print(row, widths, numbers, out));
    }

    private static List<String> head(PrintedFeature feature) {
        List<String> head = new ArrayList<>(List.of("ID"));
        feature.properties().keySet().forEach(name -> head.add(name.toUpperCase(Locale.ROOT)));
        if (!(feature.geometry() instanceof Geometry.Nowhere)) {
            head.addAll(head.size() - 1, List.of("POINTS", "LONGITUDE", "LATITUDE"));
        }
        return head;
    }

    private static List<String> row(PrintedFeature feature) {
        List<String> row = new ArrayList<>(List.of(Long.toString(feature.id())));
        feature.properties().values().forEach(value -> row.add(printable(words(value))));
        row.addAll(row.size() - 1, place(feature.geometry()));
        return row;
    }

    private static String words(Object value) {
        if (value instanceof Boolean flag) {
            return flag ? "yes" : "no";
        }
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).collect(Collectors.joining(" "))
                : value.toString();
    }

    /** How many points, and the first of them; nothing for what has no place. */
    private static List<String> place(Geometry geometry) {
        if (geometry instanceof Geometry.Nowhere) {
            return List.of();
        }
        int[] first = {0, 0};
        if (geometry instanceof Geometry.Point point) {
            first = new int[] {point.longitudeE7(), point.latitudeE7()};
        } else if (geometry instanceof Geometry.Line line && line.units().length >= 2) {
            first = line.units();
        } else if (geometry instanceof Geometry.Areas areas && areas.size() > 0) {
            first = areas.parts().get(0).get(0);
        }
        return List.of(
                Integer.toString(geometry.size()),
                BigDecimal.valueOf(first[0], 7).toPlainString(),
                BigDecimal.valueOf(first[1], 7).toPlainString());
    }

    private static void print(List<String> row, int[] widths, boolean[] numbers, PrintWriter out) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String padding = " ".repeat(widths[column] - row.get(column).length());
            line.append(numbers[column] ? padding + row.get(column) : row.get(column) + padding)
                    .append(GAP);
        }
        out.println(line.toString().stripTrailing());
    }

    /** A name without what a terminal would obey: anybody may edit the map. */
    static String printable(String text) {
        return text.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]", "\uFFFD");
    }
}
