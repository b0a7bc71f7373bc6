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
 * Quarkus's settings that have one safe value here, and groups of them that operators can't set. Quarkus would accept
 * each of them silently, but the migrations would drop, skip or look for tables in another place, the API would take the
 * host of a request from a header or be open to pages of other sites, a connection would trust every server, or the
 * agents' port would have settings with two names.
 */
final class QuarkusSettings {
    private static final String MIGRATIONS = "The controller's migrations depend on it";
    private static final String TRUST = "Name the certificate authority instead";
    private static final String PAGES = "The API is for programs on this host";

    /** The safe value of each setting, which is its default, and why. */
    private static final Map<String, Safe> SAFE = new TreeMap<>(Map.ofEntries(
            Map.entry("quarkus.flyway.clean-at-start", new Safe("false", MIGRATIONS)),
            Map.entry("quarkus.flyway.clean-disabled", new Safe("true", MIGRATIONS)),
            Map.entry("quarkus.flyway.clean-on-validation-error", new Safe("false", MIGRATIONS)),
            Map.entry("quarkus.flyway.baseline-at-start", new Safe("false", MIGRATIONS)),
            Map.entry("quarkus.flyway.baseline-on-migrate", new Safe("false", MIGRATIONS)),
            Map.entry("quarkus.flyway.repair-at-start", new Safe("false", MIGRATIONS)),
            Map.entry("quarkus.flyway.out-of-order", new Safe("false", MIGRATIONS)),
            Map.entry("quarkus.flyway.validate-on-migrate", new Safe("true", MIGRATIONS)),
            Map.entry("quarkus.flyway.ignore-missing-migrations", new Safe("false", MIGRATIONS)),
            Map.entry("quarkus.flyway.ignore-future-migrations", new Safe("false", MIGRATIONS)),
            Map.entry("quarkus.flyway.ignore-migration-patterns", new Safe("*:future", MIGRATIONS)),
            Map.entry("quarkus.hibernate-orm.schema-management.strategy", new Safe("none", MIGRATIONS)),
            Map.entry("quarkus.hibernate-orm.database.generation", new Safe("none", MIGRATIONS)),
            Map.entry("quarkus.datasource.reactive.trust-all", new Safe("false", TRUST)),
            Map.entry("quarkus.tls.trust-all", new Safe("false", TRUST)),
            Map.entry("quarkus.http.cors.enabled", new Safe("false", PAGES)),
            Map.entry("quarkus.http.cors", new Safe("false", PAGES))));

    private static final Set<String> OF_FLYWAY =
            Set.of("QUARKUS_FLYWAY_USERNAME", "QUARKUS_FLYWAY_PASSWORD", "QUARKUS_FLYWAY_MIGRATE_AT_START");

    /**
     * Each group that operators can't set, and why. All names are compared in the form of an environment variable, which
     * is the same for a property, for a named datasource and for a profile.
     */
    private static final Map<Predicate<String>, String> NOT_OFFERED = Map.of(
            name -> name.startsWith("QUARKUS_FLYWAY_") && !OF_FLYWAY.contains(name),
            MIGRATIONS,
            name -> name.startsWith("QUARKUS_HIBERNATE_ORM_"),
            "Only migrations change tables",
            name -> name.matches("QUARKUS_HTTP_(PROXY|CORS|HOST_VALIDATION)(_.*)?"),
            "The API is for programs on this host, and takes no header for the request's host",
            name -> name.matches("QUARKUS_MANAGEMENT_(?!(ENABLED|HOST|PORT|ROOT_PATH)$).*"),
            "The management port has the settings quarkus.management.host and .port alone",
            name -> name.startsWith("QUARKUS_") && name.endsWith("_TRUST_ALL"),
            TRUST,
            name -> name.matches(
                            "QUARKUS_(HTTP_(SSL_(?!PORT).*|INSECURE_REQUESTS|TLS_CONFIGURATION_NAME|AUTH_.*)|OIDC_.*)")
                    || (name.matches("QUARKUS_TLS_+MESOS_IAM_(API|PROVIDER)_.*") && !name.endsWith("_TRUST_ALL")),
            "Did you mean a setting of mesos-iam.api or mesos-iam.sign-in? See docs/controller.md",
            name -> name.matches("QUARKUS_TLS_+MESOS_IAM_AGENTS_.*") && !name.endsWith("_TRUST_ALL"),
            "Did you mean mesos-iam.channel.certificate-file, .key-file or .ca-file? See docs/controller.md");

    private QuarkusSettings() {}

    private record Safe(String value, String why) {}

    /** A problem for each setting that has one safe value and has another one. */
    static List<StartProblem> unsafe(Settings settings) {
        return SAFE.entrySet().stream()
                .flatMap(setting -> settings
                        .text(setting.getKey())
                        .filter(value -> !value.strip()
                                .equalsIgnoreCase(setting.getValue().value()))
                        .map(value -> StartProblem.setting(
                                setting.getKey(),
                                value,
                                "has one safe value here, " + setting.getValue().value(),
                                "Remove it. " + setting.getValue().why()))
                        .stream())
                .toList();
    }

    /**
     * A problem for each setting of a group that operators can't set, regardless of its value.
     *
     * @param given the names of properties that operators gave
     * @param environment the names of environment variables
     */
    static List<StartProblem> notOffered(Set<String> given, Set<String> environment) {
        Map<String, String> names = new TreeMap<>();
        new TreeSet<>(given).forEach(name -> names.put(variable(name), name));
        // the configuration library lists a variable as a property too; the message shows the name of the variable
        environment.forEach(name -> names.put(variable(name), name));
        List<StartProblem> problems = new ArrayList<>();
        names.forEach((variable, name) -> NOT_OFFERED.forEach((group, why) -> {
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
