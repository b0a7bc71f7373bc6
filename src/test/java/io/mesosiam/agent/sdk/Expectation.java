package io.mesosiam.agent.sdk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A line of expected.csv: what a trial has to come to. The first line that is about a field counts.
 *
 * @param sdk a name, or {@code *}
 * @param way a way, {@code container} or {@code imds} for those of one kind, or {@code *}
 * @param trial a trial
 * @param results any of these
 * @param fewest asks at least
 * @param most asks at most
 */
record Expectation(String sdk, String way, String trial, List<String> results, int fewest, int most) {
    Expectation {
        results = List.copyOf(results);
    }

    /** Reads them: {@code sdk,way,trial,result|result,asks}, asks being a number, a range {@code 2-4} or {@code *}. */
    static List<Expectation> read(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(Expectation::parse)
                .toList();
    }

    private static Expectation parse(String line) {
        List<String> field = List.of(line.split("\\s*,\\s*", -1));
        if (field.size() != 5) {
            throw new IllegalArgumentException("not five fields: " + line);
        }
        String asks = field.get(4);
        String[] range = asks.equals("*") ? new String[] {"0", "99"} : asks.split("-", -1);
        return new Expectation(
                field.get(0),
                field.get(1),
                field.get(2),
                List.of(field.get(3).split("\\|", -1)),
                Integer.parseInt(range[0]),
                Integer.parseInt(range[range.length - 1]));
    }

    /** The one that a field has. */
    static Expectation of(Cell cell, List<Expectation> all) {
        return all.stream()
                .filter(expectation -> expectation.isAbout(cell))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "nothing is expected of " + cell.sdk() + ", " + cell.way() + ", " + cell.trial()));
    }

    private boolean isAbout(Cell cell) {
        String kind = cell.way().imds() ? "imds" : "container";
        return List.of("*", cell.sdk()).contains(sdk)
                && List.of("*", kind, cell.way().toString()).contains(way)
                && trial.equals(cell.trial().toString());
    }

    /** Whether a field came to what is expected of it. */
    static boolean holds(Cell cell, List<Expectation> all) {
        return of(cell, all).holds(cell.outcome());
    }

    private boolean holds(Outcome outcome) {
        return results.contains(outcome.result()) && fewest <= outcome.asks() && outcome.asks() <= most;
    }

    /** As a reader wants to see it beside the outcome. */
    String said() {
        return String.join(" or ", results) + ", " + (fewest == most ? "" + fewest : fewest + " to " + most) + " asks";
    }
}
