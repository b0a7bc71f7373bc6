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
 * the last equals sign of an entry separates, since a name can have some.
 */
public final class Mapping {
    private final Map<String, Set<RoleGrant>> grants;

    private Mapping(Map<String, Set<RoleGrant>> grants) {
        this.grants = grants;
    }

    /** The mapping that gives nothing. */
    static Mapping none() {
        return new Mapping(Map.of());
    }

    /** A problem of one entry. */
    public record Problem(String entry, String problem, String cure) {}

    /** The mapping; entries with a problem are left out. */
    static Mapping of(String text) {
        Map<String, Set<RoleGrant>> found = new HashMap<>();
        for (String entry : entries(text)) {
            if (problem(entry).isEmpty()) {
                int equals = entry.lastIndexOf('=');
                RoleGrant.parse(entry.substring(equals + 1).strip()).ifPresent(grant -> found.computeIfAbsent(
                                entry.substring(0, equals).strip(), _ -> new HashSet<>())
                        .add(grant));
            }
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
        return List.of(text.split(",", -1)).stream().map(String::strip).toList();
    }

    private static Optional<Problem> problem(String entry) {
        int equals = entry.lastIndexOf('=');
        if (equals < 1) {
            return Optional.of(new Problem(entry, "has no name=role", "Write name=role, several with commas between"));
        }
        return RoleGrant.parse(entry.substring(equals + 1).strip()).isPresent()
                ? Optional.empty()
                : Optional.of(new Problem(entry, "has an unknown role", roleCure()));
    }

    private static String roleCure() {
        return "Write one of " + Role.names() + ", with :/namespace or without";
    }
}
