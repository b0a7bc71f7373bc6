package io.mesosiam.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the parameters of a request, and collects all errors so that one response names them. */
public final class Parameters {
    public static final int MAX_LIMIT = 1000;

    /** The longest id or name of Mesos: {@code mesos_id} in the database. */
    public static final int MAX_TEXT = 512;

    private static final Pattern WHOLE_NUMBER = Pattern.compile("[0-9]{1,9}");

    private final List<Problem.FieldError> errors = new ArrayList<>();

    /** Reports the parameter if the condition is false; returns the condition. */
    public boolean require(String name, boolean holds, String message) {
        if (!holds) {
            errors.add(new Problem.FieldError(name, message));
        }
        return holds;
    }

    public int number(String name, String text, int least, int most) {
        int number = WHOLE_NUMBER.matcher(text).matches() ? Integer.parseInt(text) : least - 1;
        require(name, number >= least && number <= most, "must be a whole number from " + least + " to " + most);
        return number;
    }

    /** A filter's text, 1 to 512 characters; empty if the parameter is not given. */
    public Optional<String> text(String name, @Nullable String text) {
        return Optional.ofNullable(text)
                .filter(value -> require(
                        name,
                        !value.isEmpty() && value.codePointCount(0, value.length()) <= MAX_TEXT,
                        "must have 1 to " + MAX_TEXT + " characters"));
    }

    /** One of several fixed values; empty if the parameter is not given. */
    public Optional<String> word(String name, @Nullable String text, List<String> words) {
        return Optional.ofNullable(text)
                .filter(value -> require(name, words.contains(value), "must be one of " + String.join(", ", words)));
    }

    /** An id; empty if the parameter is not given. */
    public Optional<UUID> id(String name, @Nullable String text) {
        return formed(name, text, Forms::id, "must be a UUID");
    }

    /** A parameter in a form of its own; empty if the parameter is not given. */
    public <T> Optional<T> formed(
            String name, @Nullable String text, Function<String, Optional<T>> form, String message) {
        Optional<T> value = Optional.ofNullable(text).flatMap(form);
        require(name, text == null || value.isPresent(), message);
        return value;
    }

    /** Whether nothing was reported. */
    public boolean isClean() {
        return errors.isEmpty();
    }

    /**
     * Ends the request if anything was reported.
     *
     * @throws ProblemException with each reported parameter
     */
    public void check() {
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
    }

    /**
     * Ends the request if a field of its body was reported.
     *
     * @throws ProblemException with each reported field
     */
    public void checkObject() {
        if (!errors.isEmpty()) {
            throw ProblemException.invalidObject(errors);
        }
    }
}
