package io.mesosiam.controller.start;

import static java.util.Locale.ROOT;

import io.mesosiam.spelling.NearestName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Finds settings that don't exist: a misspelt name would otherwise be ignored, and its default would apply. Settings of
 * the agent ({@code MESOS_IAM_AGENT_…}) may be in the environment of a controller on the same host. Of Quarkus's own
 * settings, names that nearly match a documented one are found; Quarkus logs a line for each other unknown one.
 */
final class SettingNames {
    private static final String PREFIX = "mesos-iam.";
    private static final String VARIABLE = "MESOS_IAM_";
    private static final String AGENTS = "MESOS_IAM_AGENT_";

    /**
     * Settings of Quarkus that docs/controller.md lists. Quarkus has hundreds more, so only names that nearly match one
     * of these are refused.
     */
    static final List<String> OF_QUARKUS = List.of(
            "quarkus.datasource.jdbc.url",
            "quarkus.datasource.reactive.url",
            "quarkus.datasource.session.reactive.url",
            "quarkus.datasource.reactive.postgresql.use-layer7-proxy",
            "quarkus.datasource.reactive.cache-prepared-statements",
            "quarkus.datasource.username",
            "quarkus.datasource.password",
            "quarkus.datasource.admin.username",
            "quarkus.flyway.username",
            "quarkus.flyway.password",
            "quarkus.flyway.migrate-at-start",
            "quarkus.http.host",
            "quarkus.http.port",
            "quarkus.management.host",
            "quarkus.management.port");

    private static final int ALMOST = 2;

    /** Existing variables of Quarkus that differ in one word from a documented one. */
    private static final Set<String> EXISTING = Set.of(
            "QUARKUS_DATASOURCE_JDBC",
            "QUARKUS_DATASOURCE_ADMIN_PASSWORD",
            "QUARKUS_DATASOURCE_REACTIVE",
            "QUARKUS_HTTP_SSL_PORT",
            "QUARKUS_HTTP_TEST_PORT",
            "QUARKUS_HTTP_TEST_HOST",
            "QUARKUS_MANAGEMENT_TEST_PORT");

    private final List<String> known;

    SettingNames(List<String> known) {
        this.known = known;
    }

    /**
     * Compares the given names with the existing ones.
     *
     * @param given names of properties, from files and system properties
     * @param environment names and values of environment variables
     */
    List<StartProblem> problems(Iterable<String> given, Map<String, String> environment) {
        List<StartProblem> problems = new ArrayList<>();
        // the iterable of the configuration can be read only once
        List<String> names = new ArrayList<>();
        given.forEach(names::add);
        for (String name : names) {
            if (name.startsWith(PREFIX) && known.stream().noneMatch(setting -> names(setting, name))) {
                problems.add(unknown(name, NearestName.of(name, known)));
            }
        }
        List<String> variables = known.stream().map(SettingNames::variable).toList();
        for (String name : Set.copyOf(environment.keySet())) {
            if (name.startsWith(VARIABLE)
                    && !name.startsWith(AGENTS)
                    && variables.stream().noneMatch(variable -> isVariable(variable, name))) {
                problems.add(unknown(name, NearestName.of(name, variables)));
            }
        }
        problems.addAll(almostOfQuarkus(names, environment.keySet()));
        problems.sort(Comparator.comparing(StartProblem::setting));
        return problems;
    }

    /** Whether a property of this name exists here; Quarkus has more. */
    boolean isProperty(String name) {
        return OF_QUARKUS.contains(name)
                || (name.startsWith(PREFIX) && known.stream().anyMatch(setting -> names(setting, name)));
    }

    /** Whether a property has this environment variable. */
    boolean isVariable(String name) {
        return OF_QUARKUS.stream().anyMatch(setting -> variable(setting).equals(name))
                || known.stream().anyMatch(setting -> isVariable(variable(setting), name));
    }

    private static List<StartProblem> almostOfQuarkus(List<String> given, Set<String> environment) {
        List<String> variables = OF_QUARKUS.stream().map(SettingNames::variable).toList();
        List<StartProblem> problems = new ArrayList<>();
        for (String variable : environment) {
            almost(variable, variables)
                    .or(() -> wordsAway(variable, variables))
                    .ifPresent(nearest -> problems.add(unknown(variable, Optional.of(nearest))));
        }
        for (String name : given) {
            // the configuration library lists a variable under both forms of its name
            if (!environment.contains(variable(name))) {
                almost(name, OF_QUARKUS).ifPresent(nearest -> problems.add(unknown(name, Optional.of(nearest))));
            }
        }
        return problems;
    }

    private static Optional<String> almost(String name, List<String> candidates) {
        return candidates.contains(name) || !name.toLowerCase(ROOT).startsWith("quarkus")
                ? Optional.empty()
                : NearestName.of(name, candidates).filter(candidate -> NearestName.distance(name, candidate) <= ALMOST);
    }

    /**
     * A variable that has one word less or more than a documented one, or the beginning of its last word: {@code
     * QUARKUS_DATASOURCE_USER}.
     */
    private static Optional<String> wordsAway(String variable, List<String> variables) {
        if (variables.contains(variable)
                || EXISTING.contains(variable)
                || variable.contains("__")
                || !variable.matches("QUARKUS_(DATASOURCE|FLYWAY|HTTP|MANAGEMENT)_.+")) {
            return Optional.empty();
        }
        return variables.stream()
                .filter(known -> isOneWordLonger(known, variable)
                        || isOneWordLonger(variable, known)
                        || (known.startsWith(variable) && known.indexOf('_', variable.length()) < 0))
                .min(Comparator.comparingInt(known -> NearestName.distance(variable, known)));
    }

    private static boolean isOneWordLonger(String longer, String shorter) {
        List<String> words = List.of(longer.split("_"));
        return IntStream.range(0, words.size()).anyMatch(left -> IntStream.range(0, words.size())
                .filter(i -> i != left)
                .mapToObj(words::get)
                .collect(Collectors.joining("_"))
                .equals(shorter));
    }

    private static StartProblem unknown(String name, Optional<String> nearest) {
        String cure = nearest.map(other -> "Did you mean " + other + "? See docs/controller.md")
                .orElse("Remove it, or see docs/controller.md for the names");
        return new StartProblem(
                StartProblem.Kind.SETTING, name, Optional.empty(), "there is no setting of this name", cure);
    }

    /** Whether a name is this setting's, or one of its elements': {@code name[0]}, {@code name.key} of a map. */
    private static boolean names(String setting, String name) {
        String bare = setting.replaceAll("(\\.\\*|\\[\\*])+$", "");
        return name.equals(bare)
                || name.startsWith(bare + "[")
                || (!bare.equals(setting) && name.startsWith(bare + "."))
                // the environment's own form of a name, as the configuration library lists it
                || isVariable(variable(setting), name.toUpperCase(ROOT).replaceAll("[^A-Z0-9]", "_"));
    }

    private static boolean isVariable(String variable, String name) {
        return name.equals(variable)
                || (variable.endsWith("_") && name.startsWith(variable))
                || name.matches(variable + "_\\d+_");
    }

    /**
     * The environment variable of a setting: upper case, with {@code _} for every other character. For a map, the
     * prefix of its variables.
     */
    static String variable(String setting) {
        String map = setting.endsWith("*") ? setting.substring(0, setting.length() - 1) : setting;
        return map.replace("[*]", "").toUpperCase(ROOT).replaceAll("[^A-Z0-9]", "_");
    }
}
