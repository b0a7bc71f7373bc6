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

    /** A tag is part of a session: with default tags, an upgrade would end each lease and issue another one. */
    @Test
    void rowsFromBeforeDefaultTagsGetNone() {
        try (TestDatabase database = TestPostgres.emptyDatabase()) {
            migrate(database, "15");
            database.execute("insert into policy (name, effect, match_all, iam_role_arn)"
                    + " values ('old', 'allow', true, 'arn:aws:iam::123456789012:role/r')");
            String version =
                    database.query("select version from policy_version").getFirst();

            migrate(database, "latest");

            assertThat(database.query("select version from policy_version")).containsExactly(version);
            database.execute("insert into policy (name, effect, match_all, iam_role_arn)"
                    + " values ('new', 'allow', true, 'arn:aws:iam::123456789012:role/r')");
            assertThat(database.query("select name from policy where default_tags"))
                    .containsExactly("new");
        }
    }

    @Test
    void rowWithARegionOfAnotherPartitionStaysAndItsConstraintIsNotValid() {
        try (TestDatabase database = TestPostgres.emptyDatabase()) {
            migrate(database, "15");
            database.execute("insert into policy (name, effect, match_all, iam_role_arn, region)"
                    + " values ('old', 'allow', true, 'arn:aws:iam::123456789012:role/r', 'cn-north-1')");

            migrate(database, "latest");

            assertThat(database.query("select name from policy")).containsExactly("old");
            assertThat(database.query("select conname from pg_constraint where not convalidated"))
                    .containsExactly("policy_region_partition");
        }
    }

    @Test
    void withdrawalWithABlankFromBeforeStaysAndCanBeLifted() {
        try (TestDatabase database = TestPostgres.emptyDatabase()) {
            migrate(database, "15");
            database.execute("insert into withdrawal (framework_id, reason) values ('F1 ', 'leaked')");
            database.execute("insert into withdrawal (framework_id, task_id, mesos_agent_id, launch_sequence, reason)"
                    + " values ('F1', 't ', 'S1', 1, 'time to live')");

            migrate(database, "latest");

            assertThat(database.query("select conname from pg_constraint where not convalidated"))
                    .containsExactly("withdrawal_framework_id_blanks");
            database.execute("update withdrawal set lifted_at = now()");
            assertThat(database.query("select count(*) from withdrawal where lifted_at is not null"))
                    .containsExactly("2");
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
