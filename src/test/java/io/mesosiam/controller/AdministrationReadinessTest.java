package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Readiness reports whether the administration can write. */
class AdministrationReadinessTest {
    private static final TestDatabase DB = TestPostgres.database();

    @BeforeAll
    static void users() {
        DB.execute("drop role if exists ready_admin");
        DB.execute("drop role if exists ready_app");
        DB.execute("drop role if exists ready_person");
        DB.execute("create role ready_admin login password 'p' in role mesos_iam_admin, mesos_iam_app");
        DB.execute("create role ready_person login password 'p' in role mesos_iam_admin");
        DB.execute("create role ready_app login password 'p' in role mesos_iam_app");
    }

    @AfterAll
    static void drop() {
        DB.close();
    }

    @Test
    void userWithTheRolesIsReady() {
        HealthCheckResponse response = check("ready_admin", "ready_app");

        assertThat(response.getStatus()).isEqualTo(Status.UP);
        assertThat(response.getData()).isEmpty();
    }

    @Test
    void userThatCannotStateCallersIsReadyAndReported() {
        HealthCheckResponse response = check("ready_person", "ready_app");

        assertThat(response.getStatus()).isEqualTo(Status.UP);
        assertThat(response.getData().orElseThrow().get("trouble").toString()).contains("grant mesos_iam_app to it");
    }

    @Test
    void ownUserWithoutItsRightsIsNotReady() {
        HealthCheckResponse response = check("ready_app", "another");

        assertThat(response.getStatus()).isEqualTo(Status.DOWN);
        assertThat(response.getData().orElseThrow().get("trouble").toString())
                .contains("insert on policy", "ready_app");
    }

    @Test
    void controllersUserThatMayNotWritePoliciesIsReadyAndReported() {
        HealthCheckResponse response = check("ready_app", "ready_app");

        assertThat(response.getStatus()).isEqualTo(Status.UP);
        assertThat(response.getData().orElseThrow()).containsKey("trouble");
    }

    @Test
    void refusedUserIsNotReady() {
        assertThat(check("ready_nowhere", "ready_app").getStatus()).isEqualTo(Status.DOWN);
    }

    private static HealthCheckResponse check(String user, String controllers) {
        Pool pool = new Pool(PgBuilder.pool()
                .connectingTo(
                        PgConnectOptions.fromUri(DB.reactiveUrl()).setUser(user).setPassword("p"))
                .build());
        try {
            return new AdministrationReadiness(pool, user, controllers).call();
        } finally {
            pool.closeAndAwait();
        }
    }
}
