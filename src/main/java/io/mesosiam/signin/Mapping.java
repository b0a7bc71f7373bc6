package io.mesosiam.signin;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which roles a name gives: {@code platform=admin,data-leads=namespace-admin:/data}. A name can be given several times;
 * the last equals sign of an entry separates, since a name can have some. A name with commas is in quotation marks, in which
 * two quotation marks are one: {@code "subject:CN=ci,O=Example"=operator}.
 */
public final class Mapping {
    private static final String QUOTE = "\"";

    private final Map<String, Set<RoleGrant>> grants;

    private Mapping(Map<String, Set<RoleGrant>> grants) {
        this.grants = grants;
    }

    /** The mapping that gives nothing. */
    static Mapping none() {
        return new Mapping(Map.of());
    }

    private record Entry(String name, RoleGrant grant) {}

    /** A problem of one entry. */
    public record Problem(String entry, String problem, String cure) {}

    /** The mapping; entries with a problem are left out. */
    static Mapping of(String texts) {
        Map<String, Set<RoleGrant>> found = new HashMap<>();
        for (String text : entries(texts)) {
            name(text)
                    .flatMap(name -> role(text).map(grant -> new Entry(name, grant)))
                    .ifPresent(entry -> found.computeIfAbsent(entry.name(), _ -> new HashSet<>())
                            .add(entry.grant()));
        }
        return new Mapping(Map.copyOf(found));
    }

    /** Every problem of a mapping's text. */
    public static List<Problem> problems(String text) {
        List<Problem> problems = new ArrayList<>();
        entries(text).forEach(entry -> problem(entry).ifPresent(problems::add));
        return List.copyOf(problems);
    }

    /** The problem of a list of roles, with commas between. */
    public static List<Problem> roleProblems(String text) {
        return entries(text).stream()
                .filter(role -> RoleGrant.parse(role).isEmpty())
                .map(role -> new Problem(role, "is not a role", roleCure()))
                .toList();
    }

    /** The roles of a list, with commas between; texts that are none are left out. */
    static Set<RoleGrant> roles(String text) {
        return entries(text).stream()
                .flatMap(role -> RoleGrant.parse(role).stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The roles that these names give together. */
    Set<RoleGrant> grants(Iterable<String> names) {
        Set<RoleGrant> all = new HashSet<>();
        names.forEach(name -> all.addAll(grants.getOrDefault(name, Set.of())));
        return Set.copyOf(all);
    }

    private static List<String> entries(String text) {
        List<String> entries = new ArrayList<>();
        int from = 0;
        while (from >= 0) {
            int start = from;
            while (start < text.length() && Character.isWhitespace(text.charAt(start))) {
                start++;
            }
            int comma = text.indexOf(',', isQuoted(text.substring(start)) ? closing(text, start) : from);
            entries.add(text.substring(from, comma < 0 ? text.length() : comma).strip());
            from = comma < 0 ? -1 : comma + 1;
        }
        return entries;
    }

    private static boolean isQuoted(String entry) {
        return entry.startsWith(QUOTE);
    }

    /** Where the quotation mark is that closes the one at {@code start}; the end of the text if none does. */
    private static int closing(String text, int start) {
        int found = text.indexOf(QUOTE, start + 1);
        while (found >= 0 && text.startsWith(QUOTE + QUOTE, found)) {
            found = text.indexOf(QUOTE, found + 2);
        }
        return found < 0 ? text.length() : found;
    }

    private static Optional<String> name(String entry) {
        if (isQuoted(entry)) {
            int closing = closing(entry, 0);
            return Optional.of(entry.substring(1, closing).replace(QUOTE + QUOTE, QUOTE))
                    .filter(name -> !name.isBlank())
                    .filter(_ -> closing < entry.length()
                            && entry.substring(closing + 1).strip().startsWith("="));
        }
        int equals = entry.lastIndexOf('=');
        return equals < 1
                ? Optional.empty()
                : Optional.of(entry.substring(0, equals).strip());
    }

    private static Optional<RoleGrant> role(String entry) {
        int equals = isQuoted(entry) ? entry.indexOf('=', closing(entry, 0)) : entry.lastIndexOf('=');
        return RoleGrant.parse(entry.substring(equals + 1).strip());
    }

    private static Optional<Problem> problem(String entry) {
        if (name(entry).isEmpty()) {
            return Optional.of(new Problem(
                    entry,
                    "has no name=role",
                    "Write name=role, several with commas between, and a name with a comma as \"name\"=role"));
        }
        return role(entry).isPresent()
                ? Optional.empty()
                : Optional.of(new Problem(entry, "has an unknown role", roleCure()));
    }

    private static String roleCure() {
        return "Write one of " + Role.names() + ", with :/namespace or without";
    }
}
