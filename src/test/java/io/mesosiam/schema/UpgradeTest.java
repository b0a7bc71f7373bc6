package io.mesosiam.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/** Rows of an earlier schema mean the same after the migrations. */
class UpgradeTest {
    @Test
    void rowsWithoutASelectorMatchEveryTaskAsBefore() {
        try (TestDatabase database = TestPostgres.emptyDatabase()) {
            migrate(database, "4");
            database.execute("insert into policy (name, effect) values ('all', 'deny')");
            database.execute("insert into policy (name, effect, task_name) values ('some', 'deny', 'a*')");
            String version =
                    database.query("select version from policy_version").getFirst();

            migrate(database, "latest");

            assertThat(database.query("select name from policy where match_all"))
                    .containsExactly("all");
            assertThat(database.query("select version from policy_version")).containsExactly(version);
        }
    }

    /** Where no row is refused, each constraint holds for all rows. */
    @Test
    void constraintsOfAnEmptyTableAreValidated() {
        try (TestDatabase database = TestPostgres.database()) {
            assertThat(database.query("select conname from pg_constraint where not convalidated"))
                    .isEmpty();
        }
    }

    private static void migrate(TestDatabase database, String target) {
        Flyway.configure()
                .dataSource(database.jdbcUrl(), database.user(), database.password())
                .locations("classpath:db/migration")
                .target(target)
                .load()
                .migrate();
    }
}
