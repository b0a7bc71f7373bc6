package io.mesosiam.agent;

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

/** Reads environment variables and collects all that is wrong with them, so that an operator hears of it at once. */
final class Variables {
    /** Somebody may put them into a URL; what is wrong with it is said without them. */
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

    /** The variable's text; an empty one counts as not set. */
    Optional<String> text(String name) {
        known.add(prefix + name);
        return Optional.ofNullable(environment.apply(prefix + name))
                .map(String::strip)
                .filter(t -> !t.isEmpty());
    }

    /** A file that has to be named. */
    Path path(String name) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            wrong(name, "must be set");
        }
        return Path.of(text.orElse(""));
    }

    /** @param instead what stands in for a wrong value until {@link #check} tells of it */
    <T> T value(String name, String otherwise, Function<String, T> parse, T instead) {
        return parse(name, text(name).orElse(otherwise), parse).orElse(instead);
    }

    /** Whether something is switched on. */
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

    /** Values between commas: at least one where the variable is set, and each once. */
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
     * Reports variables with the prefix that nothing has asked for, and those whose prefix is misspelt: a name with a typing error would otherwise be
     * ignored.
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

    /** Of a short name, a few other letters make another word. */
    private boolean isMisspelling(String name, String nearest) {
        return 2 * NearestName.distance(name, nearest) <= name.length() - prefix.length();
    }

    /** The controller's settings and other programs' may be in the same environment, so that only a name that is very near counts. */
    private boolean isAlmostKnown(String name) {
        return name.startsWith("MESOS") && known.stream().anyMatch(one -> NearestName.distance(name, one) <= ALMOST);
    }

    /** Throws {@link WrongSettings} if anything was wrong. */
    void check() {
        if (!wrong.isEmpty()) {
            throw new WrongSettings(wrong);
        }
    }

    private static String abbreviate(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
