package io.mesosiam.schema;

import java.util.Arrays;
import java.util.List;

/** A row that a constraint refuses. */
record Refusal(String constraint, String table, String assignments) {
    /** Reads a table with one refusal a line: constraint | table | assignments. */
    static List<Refusal> parse(String table) {
        return table.lines()
                .map(line ->
                        Arrays.stream(line.split("\\|", 3)).map(String::strip).toList())
                .map(cells -> new Refusal(cells.get(0), cells.get(1), cells.get(2)))
                .toList();
    }

    @Override
    public String toString() {
        return constraint + ": " + assignments;
    }
}
