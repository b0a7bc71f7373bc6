package io.mesosiam.controller;

import io.mesosiam.postgres.WriteFailure;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigValidationException;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The reason for which a start failed after the checks of {@code controller.start}, as text for operators: unreadable
 * settings of Quarkus, the schema of the database, or an unexpected failure.
 *
 * @param lines a line for each problem, without a stack trace
 * @param settings whether settings are the cause, which decides the exit code
 */
record StartFailure(List<String> lines, boolean settings) {
    /** SRCFG00039 of SmallRye Config: a value that its converter refuses. */
    private static final Pattern UNREADABLE = Pattern.compile(
            "SRCFG00039: The config property (\\S+) with the config value \"(.*)\" threw an Exception whilst being converted (.*)");

    /** SRCFG00040: a value that is empty. SRCFG00014: a value that is required. */
    private static final Pattern EMPTY =
            Pattern.compile("SRCFG00040: The config property (\\S+) is defined as the empty");

    private static final Pattern REFUSED_MIGRATIONS = Pattern.compile(
            "Validate failed: Migrations have failed validation; (.*?)\\.?(?:; (?:Either revert|Please remove|Need more).*)?");

    private static final Pattern MISSING = Pattern.compile("SRCFG00014: The config property (\\S+) is required");

    /**
     * Whether the start failed because a signal stopped the process: the JVM then accepts no further shutdown hooks.
     */
    static boolean isStop(Throwable failure) {
        Throwable cause = root(failure);
        return cause instanceof IllegalStateException && "Shutdown in progress".equals(cause.getMessage());
    }

    private static Throwable root(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    static StartFailure of(Throwable failure) {
        Throwable cause = root(failure);
        if (cause instanceof ConfigValidationException invalid) {
            return new StartFailure(
                    IntStream.range(0, invalid.getProblemCount())
                            .mapToObj(i -> invalid.getProblem(i).getMessage())
                            .map(StartFailure::setting)
                            .toList(),
                    true);
        }
        // after the time that MigrationSettings sets
        if (cause instanceof SQLException sql && WriteFailure.LOCK_NOT_AVAILABLE.equals(sql.getSQLState())) {
            return new StartFailure(
                    List.of(
                            "can not start: an open transaction, such as one of psql or pg_dump, keeps a table that a migration"
                                    + " changes. End it, and start the controller again: see docs/upgrade.md, \"Migrations\""),
                    false);
        }
        return new StartFailure(
                List.of("can not start: " + migrations(oneLine(text(failure)))),
                cause instanceof ConfigurationException);
    }

    /**
     * The message of the innermost failure that has one, followed by the type of the innermost one if that has none.
     */
    private static String text(Throwable failure) {
        String text = "";
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            String type = cause.getClass().getSimpleName();
            if (message != null && !message.isBlank()) {
                text = message;
            } else if (cause.getCause() == null) {
                text = text.isEmpty() ? type : text + " (" + type + ")";
            }
        }
        return text;
    }

    /** Says what Flyway's refusal of the recorded migrations means, without its advertisement. */
    private static String migrations(String line) {
        Matcher refused = REFUSED_MIGRATIONS.matcher(line);
        return refused.matches()
                ? "the migrations that the database records are not this controller's: "
                        + refused.group(1).strip()
                        + ". Use the controller's own version, restore the database from a backup, or see docs/controller.md,"
                        + " \"Run the migrations by hand\""
                : line;
    }

    private static String setting(String message) {
        String line = oneLine(message);
        Matcher unreadable = UNREADABLE.matcher(line);
        if (unreadable.find()) {
            return "can not start: " + unreadable.group(1) + "=" + unreadable.group(2) + ": can't be read ("
                    + unreadable.group(3).replaceFirst("^SRCFG\\d+: ", "").replaceFirst("\\.$", "")
                    + "). Correct the value, or remove it.";
        }
        Matcher empty = EMPTY.matcher(line);
        if (empty.find()) {
            return "can not start: " + empty.group(1)
                    + ": is not set, since its value is empty. Give it a value, or remove it.";
        }
        Matcher missing = MISSING.matcher(line);
        return missing.find()
                ? "can not start: " + missing.group(1) + ": is not set. Give it a value."
                : "can not start: " + line;
    }

    /**
     * Removes the position within the SQL statement at the end of PostgreSQL's errors, which is of no use to operators.
     */
    private static String oneLine(String message) {
        return message.strip().replaceAll("\\s*\\R\\s*", "; ").replaceFirst("; Position: \\d+$", "");
    }
}
