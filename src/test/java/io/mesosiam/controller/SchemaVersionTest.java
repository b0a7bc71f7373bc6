package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

class SchemaVersionTest {
    @Test
    void newerVersionRecordedByHandIsRefused() throws IOException {
        try (TestDatabase database = TestPostgres.database()) {
            Flyway flyway = Flyway.configure()
                    .dataSource(database.jdbcUrl(), database.user(), database.password())
                    .locations("classpath:db/migration")
                    .ignoreMigrationPatterns("*:future")
                    .load();
            String last = flyway.info().current().getVersion().getVersion();
            assertThatCode(() -> SchemaVersion.require(flyway)).doesNotThrowAnyException();

            // in addition to the migrations that Flyway ran, and in place of them
            for (boolean alone : new boolean[] {false, true}) {
                if (alone) {
                    database.execute("delete from flyway_schema_history");
                }
                record(database, last);
                assertThatCode(() -> SchemaVersion.require(flyway)).doesNotThrowAnyException();

                record(database, "099");
                assertThatThrownBy(() -> SchemaVersion.require(flyway))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageMatching(
                                "the database has schema version 0?99, this controller knows " + last + "\\..*");
            }

            record(database, "013");
            assertThatThrownBy(() -> SchemaVersion.require(flyway))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("older schema than version " + last);
        }
    }

    private static void record(TestDatabase database, String version) throws IOException {
        database.execute(Files.readString(Path.of("packaging/record-migrations.sql"))
                .replace(":'version'", "'" + version + "'"));
    }
}
