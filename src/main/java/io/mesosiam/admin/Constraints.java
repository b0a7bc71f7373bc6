package io.mesosiam.admin;

import io.mesosiam.admin.Refused.Fault;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Turns a constraint of a table into a fault of a field. The comment on a constraint begins with its column; the message is
 * the rest. It is written for psql, so it names columns: callers of the API read their names in JSON instead.
 *
 * @param fields the names of the table's columns in JSON
 */
public record Constraints(Map<String, String> fields) {
    /** A name between blanks or punctuation: a quoted value such as an ARN stays as it is. */
    private static final Pattern NAME = Pattern.compile("(?<![^ (])[a-z]+(_[a-z]+)+(?![^ ,;:.)])");

    private static final Pattern RANGE = Pattern.compile(
            "(?<least>[0-9]+) (?<unit>minute|hour|day)s? to (?<most>[0-9]+) (?<bigger>minute|hour|day)s?");
    private static final Pattern SPAN = Pattern.compile("(?<count>[0-9]+|an) (?<unit>minute|hour|day)s?\\b");
    private static final Pattern ARRAY = Pattern.compile(": \\{(?<elements>[^{}\"]+)}$");

    public Constraints {
        fields = Map.copyOf(fields);
    }

    /** Constraints of a table whose columns have their names in camel case in JSON. */
    public static Constraints of(String... columns) {
        return new Constraints(
                Arrays.stream(columns).collect(Collectors.toMap(Function.identity(), Constraints::camelCase)));
    }

    /** Constraints whose messages name columns of this table and of another one. */
    public Constraints and(Constraints other) {
        Map<String, String> all = new HashMap<>(other.fields);
        all.putAll(fields);
        return new Constraints(all);
    }

    /**
     * The fault that a constraint states.
     *
     * @param comment the comment on the constraint: {@code tags: at most 50}
     */
    public Fault fault(String constraint, String comment) {
        int colon = comment.indexOf(": ");
        String column = colon < 0 ? "" : comment.substring(0, colon);
        boolean named = column.matches("[a-z_]+");
        String demand = named ? comment.substring(colon + 2) : comment;
        String field = named ? fields.getOrDefault(column, camelCase(column)) : "";
        return new Fault(
                field,
                demand.isBlank()
                        ? "the database's constraint " + constraint + " refuses it"
                        : withArray(withSeconds(field, inJson(demand))));
    }

    /** A message with the names of its columns in JSON. */
    public String inJson(String message) {
        return NAME.matcher(message).replaceAll(name -> fields.getOrDefault(name.group(), name.group()));
    }

    /** A message about a number of seconds speaks of seconds, not of intervals as SQL has them. */
    private static String withSeconds(String field, String message) {
        if (!(field + " " + message).contains("Seconds")) {
            return message;
        }
        String ranges = RANGE.matcher(message)
                .replaceAll(range -> seconds(range.group("least"), range.group("unit")) + " to "
                        + seconds(range.group("most"), range.group("bigger")) + " s");
        return SPAN.matcher(ranges).replaceAll(span -> seconds(span.group("count"), span.group("unit")) + " s");
    }

    private static long seconds(String count, String unit) {
        long each =
                switch (unit) {
                    case "minute" -> 60;
                    case "hour" -> 3600;
                    default -> 86_400;
                };
        return count.equals("an") ? each : Long.parseLong(count) * each;
    }

    /** The example at the end of a message is an array in JSON: {@code {a,b}} is one in SQL. */
    private static String withArray(String message) {
        return ARRAY.matcher(message)
                .replaceFirst(array -> Matcher.quoteReplacement(
                        Arrays.stream(array.group("elements").split(","))
                                .collect(Collectors.joining("\", \"", ": [\"", "\"]"))));
    }

    /** The JSON name of a column: {@code framework_principal} is {@code frameworkPrincipal}. */
    public static String camelCase(String column) {
        StringBuilder name = new StringBuilder();
        for (String word : column.split("_", -1)) {
            name.append(name.isEmpty() ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        }
        return name.toString();
    }
}
