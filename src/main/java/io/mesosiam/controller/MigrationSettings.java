package io.mesosiam.controller;

import io.quarkus.flyway.FlywayConfigurationCustomizer;
import jakarta.inject.Singleton;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/**
 * Keeps the results of queries in migrations out of the log: Flyway would log each as a table of several lines. Quarkus
 * has no setting for it. Warnings of migrations are logged.
 *
 * <p>A migration waits 10 s for a table that an open transaction has read. The statements of running controllers wait behind it.
 */
@Singleton
final class MigrationSettings implements FlywayConfigurationCustomizer {
    private static final String LOCK_LIMIT = "set lock_timeout = '10s'";

    @Override
    public void customize(FluentConfiguration configuration) {
        String own = configuration.getInitSql();
        configuration.outputQueryResults(false).initSql(own == null ? LOCK_LIMIT : LOCK_LIMIT + "; " + own);
    }
}
