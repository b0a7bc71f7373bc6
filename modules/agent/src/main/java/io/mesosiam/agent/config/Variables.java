package io.mesosiam.agent.config;

import io.mesosiam.line.OneLine;
import io.mesosiam.spelling.NearestName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads environment variables and collects all problems, so that they are reported together. */
final class Variables {
    /** User and password in a URL. Problem texts leave them out. */
    private static final Pattern USER_AND_PASSWORD = Pattern.compile("//[^/\\s]*@");

    private static final int ALMOST = 2;

    private final String prefix;
    private final Function<String, @Nullable String> environment;
    private final Set<String> known = new HashSet<>();
    private final List<String> wrong = new ArrayList<>();

    Variables(String prefix, Function<String, @Nullable String> environment) {
        this.prefix = prefix;
        this.environment = environment;
    }

    /** The variable's text. An empty variable counts as not set. */
    Optional<String> text(String name) {
        known.add(prefix + name);
        return Optional.ofNullable(environment.apply(prefix + name))
                .map(String::strip)
                .filter(t -> !t.isEmpty());
    }

    /** A required file. */
    Path path(String name) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            wrong(name, "must be set");
        }
        return Path.of(text.orElse(""));
    }

    /** @param instead placeholder for a wrong value until {@link #check} reports it */
    <T> T value(String name, String otherwise, Function<String, T> parse, T instead) {
        return parse(name, text(name).orElse(otherwise), parse).orElse(instead);
    }

    /** Whether the variable is {@code on}. */
    boolean on(String name, String otherwise) {
        return value(name, otherwise, Variables::onOrOff, false);
    }

    private static boolean onOrOff(String text) {
        return switch (text) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new IllegalArgumentException("must be on or off");
        };
    }

    /** Values separated by commas: at least one if the variable is set, and no duplicates. */
    <T> List<T> list(String name, String otherwise, Function<String, T> parse) {
        List<String> items = Stream.of(text(name).orElse(otherwise).split(",", -1))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
        if (items.isEmpty() && text(name).isPresent()) {
            wrong(
                    name,
                    "must name at least one value, is '" + abbreviate(text(name).get()) + "'");
        }
        Set<String> seen = new HashSet<>();
        items.stream()
                .filter(item -> !seen.add(item))
                .distinct()
                .forEach(item -> wrong(name, "names '" + abbreviate(item) + "' more than once"));
        return items.stream().flatMap(item -> parse(name, item, parse).stream()).toList();
    }

    <T> Optional<T> parse(String name, String text, Function<String, T> parse) {
        try {
            return Optional.of(parse.apply(text));
        } catch (NumberFormatException e) {
            wrong(name, "must be a whole number, is '" + abbreviate(text) + "'");
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            wrong(name, e.getMessage() + ", is '" + abbreviate(text) + "'");
            return Optional.empty();
        }
    }

    void wrong(String name, String why) {
        wrong.add(prefix + name + " " + USER_AND_PASSWORD.matcher(why).replaceAll("//…@"));
    }

    /**
     * Reports variables that have the prefix but have never been read, and variables whose prefix is misspelt. Without
     * this, a misspelt variable would be ignored.
     */
    void refuseUnknown(Set<String> given) {
        List<String> candidates = known.stream().sorted().toList();
        given.stream()
                .filter(name -> !known.contains(name))
                .filter(name -> name.startsWith(prefix) || isAlmostKnown(name))
                .sorted()
                .forEach(name -> wrong.add(name + " is no setting of the agent: "
                        + NearestName.of(name, candidates)
                                .filter(nearest -> isMisspelling(name, nearest))
                                .map(nearest -> "did you mean " + nearest + "? See docs/agent.md")
                                .orElse("see docs/agent.md")));
    }

    /** Whether the distance is small compared with the length: few changes turn a short name into another one. */
    private boolean isMisspelling(String name, String nearest) {
        return 2 * NearestName.distance(name, nearest) <= name.length() - prefix.length();
    }

    /**
     * Whether a name is very similar to a known one. The environment may also contain settings of the controller and of
     * other programs.
     */
    private boolean isAlmostKnown(String name) {
        return name.startsWith("MESOS") && known.stream().anyMatch(one -> NearestName.distance(name, one) <= ALMOST);
    }

    /** Throws {@link WrongSettings} if there was any problem. */
    void check() {
        if (!wrong.isEmpty()) {
            throw new WrongSettings(wrong);
        }
    }

    private static String abbreviate(String text) {
        return OneLine.cut(text, 80);
    }
}
