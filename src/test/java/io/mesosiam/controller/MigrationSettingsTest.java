package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mesosiam.fakes.LogRecords;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What all migrations log in an empty database. */
class MigrationSettingsTest {
    @Test
    void migrationsLogNoResultsOfQueries() {
        assertThat(migrate(new MigrationSettings()::customize))
                .isNotEmpty()
                .noneMatch(line -> line.contains("setval"))
                .noneMatch(line -> line.contains("\n") || line.contains("|"));
    }

    /** Flyway's default, to show that the other test can fail. */
    @Test
    void withoutTheSettingFlywayLogsThem() {
        assertThat(migrate(_ -> {})).anyMatch(line -> line.contains("setval"));
    }

    @Test
    void warningOfAMigrationIsLogged() {
        try (TestDatabase database = TestPostgres.emptyDatabase()) {
            TestPostgres.migrateTo("15", database.jdbcUrl(), database.user(), database.password());
            database.execute("insert into withdrawal (framework_id, reason) values ('F1 ', 'leaked')");

            assertThat(migrate(database, new MigrationSettings()::customize))
                    .anyMatch(line -> line.contains("withdrawal_framework_id_blanks"));
        }
    }

    /** Such as one of psql or pg_dump: the statements of the controllers that run would wait behind the migration. */
    @Test
    @Timeout(120)
    void migrationDoesNotWaitWithoutEndForAnOpenTransaction() throws SQLException {
        try (TestDatabase database = TestPostgres.emptyDatabase()) {
            TestPostgres.migrateTo("15", database.jdbcUrl(), database.user(), database.password());
            try (Connection reader = database.connect();
                    Statement statement = reader.createStatement()) {
                reader.setAutoCommit(false);
                statement.execute("select from policy");

                assertThat(catchThrowable(() -> migrate(database, new MigrationSettings()::customize)))
                        .rootCause()
                        .hasMessageContaining("lock timeout");
            }
            assertThat(migrate(database, new MigrationSettings()::customize)).isNotEmpty();
        }
    }

    private interface Customizer {
        void customize(FluentConfiguration configuration);
    }

    private static List<String> migrate(Customizer customizer) {
        try (TestDatabase database = TestPostgres.emptyDatabase()) {
            return migrate(database, customizer);
        }
    }

    private static List<String> migrate(TestDatabase database, Customizer customizer) {
        FluentConfiguration configuration = Flyway.configure()
                .dataSource(database.jdbcUrl(), database.user(), database.password())
                .locations("filesystem:migrations");
        customizer.customize(configuration);
        try (LogRecords log = new LogRecords("org.flywaydb")) {
            configuration.load().migrate();
            return log.lines();
        }
    }
}
