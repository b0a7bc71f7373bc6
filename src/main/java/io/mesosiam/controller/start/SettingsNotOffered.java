package io.mesosiam.controller.start;

import static java.util.Locale.ROOT;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Groups of Quarkus's settings that operators can't set. Quarkus would accept each of them silently, but the migrations
 * would create or look for tables in another place, the API would take the host of a request from a header, a
 * connection would trust every server, or the agents' port would have settings with two names.
 *
 * <p>All names are compared in the form of an environment variable, which is the same for a property, for a named
 * datasource and for a profile.
 */
final class SettingsNotOffered {
    private static final Set<String> OF_FLYWAY =
            Set.of("QUARKUS_FLYWAY_USERNAME", "QUARKUS_FLYWAY_PASSWORD", "QUARKUS_FLYWAY_MIGRATE_AT_START");

    /** Each group, and why. */
    private static final Map<Predicate<String>, String> GROUPS = Map.of(
            name -> name.startsWith("QUARKUS_FLYWAY_") && !OF_FLYWAY.contains(name),
            "The controller's migrations depend on it",
            name -> name.startsWith("QUARKUS_HIBERNATE_ORM_"),
            "Only migrations change tables",
            name -> name.matches("QUARKUS_(HTTP|MANAGEMENT)_(PROXY|CORS|HOST_VALIDATION)(_.*)?"),
            "The API is for programs on this host, and takes no header for the request's host",
            name -> name.startsWith("QUARKUS_") && name.endsWith("_TRUST_ALL"),
            "Name the certificate authority instead",
            name -> name.matches("QUARKUS_TLS_+MESOS_IAM_AGENTS_.*") && !name.endsWith("_TRUST_ALL"),
            "Did you mean mesos-iam.channel.certificate-file, .key-file or .ca-file? See docs/controller.md");

    private SettingsNotOffered() {}

    /**
     * A problem for each such setting that an operator gave, regardless of its value.
     *
     * @param given the names of properties that operators gave
     * @param environment the names of environment variables
     */
    static List<StartProblem> problems(Set<String> given, Set<String> environment) {
        Map<String, String> names = new TreeMap<>();
        new TreeSet<>(given).forEach(name -> names.put(variable(name), name));
        // the configuration library lists a variable as a property too; the message shows the name of the variable
        environment.forEach(name -> names.put(variable(name), name));
        List<StartProblem> problems = new ArrayList<>();
        names.forEach((variable, name) -> GROUPS.forEach((group, why) -> {
            if (group.test(variable)) {
                problems.add(new StartProblem(
                        StartProblem.Kind.SETTING,
                        name,
                        Optional.empty(),
                        "is a setting of Quarkus that a controller doesn't take",
                        "Remove it. " + why));
            }
        }));
        return problems;
    }

    private static String variable(String name) {
        return name.replaceFirst("^%[^.]*\\.", "")
                .toUpperCase(ROOT)
                .replaceAll("[^A-Z0-9]", "_")
                .replaceFirst("^_[A-Z0-9]+_(?=QUARKUS_)", "");
    }
}
