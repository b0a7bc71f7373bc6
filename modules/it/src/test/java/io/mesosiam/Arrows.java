package io.mesosiam;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** A package and those of our packages that it may import, besides itself. */
record Arrows(String from, List<String> imports) {
    static Arrows arrowsFrom(String name) {
        return new Arrows("io.mesosiam." + name, List.of());
    }

    Arrows to(String... names) {
        return new Arrows(from, Arrays.stream(names).map("io.mesosiam."::concat).toList());
    }

    String[] allowed() {
        return Stream.concat(Stream.of(from), imports.stream()).toArray(String[]::new);
    }

    @Override
    public String toString() {
        return imports.isEmpty() ? from + " imports nothing of ours" : from + " → " + imports;
    }
}
