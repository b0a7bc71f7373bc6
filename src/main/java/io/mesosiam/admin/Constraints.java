package io.mesosiam.admin;

import io.mesosiam.admin.Refused.Fault;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * Turns a constraint of the database into a fault of a field. The comment on a constraint begins with its column; the
 * message is the rest.
 */
public final class Constraints {
    private Constraints() {}

    /**
     * The fault that a constraint states.
     *
     * @param comment the comment on the constraint: {@code tags: at most 50}
     * @param field the field of a column, the column itself if it is not a field
     */
    public static Fault fault(String constraint, String comment, Function<String, String> field) {
        int colon = comment.indexOf(": ");
        String column = colon < 0 ? "" : comment.substring(0, colon);
        boolean named = column.matches("[a-z_]+");
        String demand = named ? comment.substring(colon + 2) : comment;
        return new Fault(
                named ? field.apply(column) : "",
                demand.isBlank() ? "the database's constraint " + constraint + " refuses it" : demand);
    }

    /** The JSON name of a column: {@code framework_principal} is {@code frameworkPrincipal}. */
    public static String camelCase(String column) {
        StringBuilder name = new StringBuilder();
        for (String word : column.split("_", -1)) {
            name.append(name.isEmpty() ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        }
        return name.toString();
    }

    /** The names of columns in JSON, where they differ from camel case: those with a unit. */
    public static Function<String, String> fields(Map<String, String> exceptions) {
        return column -> exceptions.getOrDefault(column, camelCase(column));
    }
}
