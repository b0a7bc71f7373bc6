package io.mesosiam.controller.start;

import io.mesosiam.line.OneLine;
import java.util.Objects;
import java.util.Optional;

/**
 * A reason why the controller can't start.
 *
 * @param kind whether a setting is wrong, or something outside the settings
 * @param setting the setting's name, as in docs/controller.md or as a variable of the environment
 * @param value its value; empty where it is not set or is a secret
 * @param problem the problem, without a full stop
 * @param cure the remedy, a sentence without a full stop
 */
public record StartProblem(Kind kind, String setting, Optional<String> value, String problem, String cure) {
    private static final int LONGEST_VALUE = 200;
    static final String MISSING = "is not set";

    /** The cause, which decides the exit code. */
    public enum Kind {
        /** The value of a setting is wrong. */
        SETTING,
        /** The setting may be correct: the state of the database or a port is wrong. */
        SURROUNDINGS
    }

    public StartProblem {
        Objects.requireNonNull(kind, "kind");
        if (setting.isBlank() || problem.isBlank() || cure.isBlank()) {
            throw new IllegalArgumentException("a start problem names its setting, the problem and the cure");
        }
    }

    static StartProblem setting(String setting, String value, String problem, String cure) {
        return new StartProblem(Kind.SETTING, setting, Optional.of(value), problem, cure);
    }

    static StartProblem missing(String setting, String cure) {
        return new StartProblem(Kind.SETTING, setting, Optional.empty(), MISSING, cure);
    }

    static StartProblem surroundings(String setting, String value, String problem, String cure) {
        return new StartProblem(Kind.SURROUNDINGS, setting, Optional.of(value), problem, cure);
    }

    /** The same problem with another form of the setting's name. */
    StartProblem named(String name) {
        return new StartProblem(kind, name, value, problem, cure);
    }

    /** The problem in one line: {@code setting=value: problem. Cure.} Control characters of the value are replaced. */
    public String line() {
        return setting + value.map(text -> "=" + printable(text)).orElse("") + ": " + problem + ". " + cure + ".";
    }

    private static String printable(String text) {
        return OneLine.marked(OneLine.cut(text, LONGEST_VALUE));
    }
}
