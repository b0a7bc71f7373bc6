package io.mesosiam.agent.sdk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of expected.csv: the expected outcome of a trial. The first line that matches a cell applies.
 *
 * @param sdk a name, or {@code *}
 * @param way a way, {@code container} or {@code imds} for those of one kind, or {@code *}
 * @param trial a trial
 * @param results any of these
 * @param fewest smallest number of requests
 * @param most largest number of requests
 * @param timeout the time after which the SDK times out and repeats a request: one more request is expected for each
 *     that the fetch took. Empty if the time that the fetch took doesn't matter
 */
record Expectation(
        String sdk, String way, String trial, List<String> results, int fewest, int most, Optional<Duration> timeout) {
    private static final Pattern ASKS = Pattern.compile("(\\d+)(?:-(\\d+))?(?: \\+1/(\\d+) s)?");
    private static final int ANY = 99;

    Expectation {
        results = List.copyOf(results);
    }

    /**
     * Reads them: {@code sdk,way,trial,result|result,asks}, asks being a number, a range {@code 2-4}, a range
     * with one more for each second {@code 2-4 +1/1 s}, or {@code *}.
     */
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
        Asks asks = Asks.parse(field.get(4));
        return new Expectation(
                field.get(0),
                field.get(1),
                field.get(2),
                List.of(field.get(3).split("\\|", -1)),
                asks.fewest(),
                asks.most(),
                asks.timeout());
    }

    /** The last field of a line. */
    private record Asks(int fewest, int most, Optional<Duration> timeout) {
        static Asks parse(String text) {
            if (text.equals("*")) {
                return new Asks(0, ANY, Optional.empty());
            }
            Matcher asks = ASKS.matcher(text);
            if (!asks.matches()) {
                throw new IllegalArgumentException("not a number of asks: " + text);
            }
            int fewest = Integer.parseInt(asks.group(1));
            return new Asks(
                    fewest,
                    Optional.ofNullable(asks.group(2)).map(Integer::parseInt).orElse(fewest),
                    Optional.ofNullable(asks.group(3)).map(seconds -> Duration.ofSeconds(Long.parseLong(seconds))));
        }
    }

    /** The expectation for a cell. */
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

    /** Whether the outcome of a cell is as expected. */
    static boolean holds(Cell cell, List<Expectation> all) {
        return of(cell, all).holds(cell.outcome());
    }

    private boolean holds(Outcome outcome) {
        long timeouts = timeout.map(each -> outcome.took().dividedBy(each)).orElse(0L);
        return results.contains(outcome.result()) && fewest <= outcome.asks() && outcome.asks() <= most + timeouts;
    }

    /** The expectation as text, beside the outcome. */
    String describe() {
        return String.join(" or ", results) + ", " + (fewest == most ? "" + fewest : fewest + " to " + most) + " asks"
                + timeout.map(each -> " and one more for each " + each.toSeconds() + " s that the fetch took")
                        .orElse("");
    }
}
