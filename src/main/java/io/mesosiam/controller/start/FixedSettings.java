package io.mesosiam.controller.start;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Settings of Quarkus that have one safe value here. Quarkus would accept another value silently, and it would drop or
 * skip tables, trust every server, or open the API to pages of other sites.
 */
final class FixedSettings {
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

    private FixedSettings() {}

    /** A problem for each setting that has another value. */
    static List<StartProblem> problems(Settings settings) {
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

    private record Safe(String value, String why) {}
}
