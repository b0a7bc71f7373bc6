package io.mesosiam.agent.sdk;

import static java.util.stream.Collectors.joining;

import java.time.Duration;
import java.util.List;

/** The matrix as docs/sdks.md shows it: for each SDK one table of ways and trials. */
final class Table {
    private Table() {}

    static String of(List<Cell> cells) {
        return cells.stream()
                .map(Cell::sdk)
                .distinct()
                .map(sdk -> "### " + sdk + "\n"
                        + table(cells.stream().filter(c -> c.sdk().equals(sdk)).toList()))
                .collect(joining("\n"));
    }

    private static String table(List<Cell> cells) {
        StringBuilder table = new StringBuilder("| way |");
        for (Trial trial : Trial.values()) {
            table.append(' ').append(trial).append(" |");
        }
        table.append("\n|---|").append("---|".repeat(Trial.values().length)).append('\n');
        for (Way way : Way.values()) {
            table.append("| ").append(way).append(" |");
            for (Trial trial : Trial.values()) {
                table.append(' ').append(field(cells, way, trial)).append(" |");
            }
            table.append('\n');
        }
        return table.toString();
    }

    private static String field(List<Cell> cells, Way way, Trial trial) {
        return cells.stream()
                .filter(cell -> cell.way() == way && cell.trial() == trial)
                .map(cell -> describe(cell.outcome()))
                .findFirst()
                .orElse("");
    }

    private static String describe(Outcome outcome) {
        return outcome.result() + "; " + outcome.asks() + "; " + time(outcome.took());
    }

    private static String time(Duration took) {
        return took.toMillis() < 1000 ? took.toMillis() + " ms" : "%.1f s".formatted(took.toMillis() / 1000.0);
    }
}
