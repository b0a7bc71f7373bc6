package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestPort;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.junit.jupiter.api.Test;

/** Each part of readiness is documented, and says what is wrong and what to do. */
@QuarkusTest
@WithTestResource(ClusterForController.class)
class HealthTest {
    @ConfigProperty(name = "test.management")
    URI management;

    @Inject
    @Readiness
    Instance<HealthCheck> checks;

    @Test
    void everyCheckIsInTheDocs() throws IOException {
        String docs = Files.readString(Path.of("docs/controller.md"));

        assertThat(ready().getList("checks.name", String.class))
                .contains("mesos", "database", "aws", "journal", "audit")
                .allSatisfy(name -> assertThat(docs).contains("| `" + name + "` | "));
    }

    @Test
    void checkWithTroubleSaysWhatToDo() {
        List<Map<String, Object>> checks = ready().getList("checks");

        assertThat(checks).allSatisfy(check -> {
            Map<?, ?> data = (Map<?, ?>) check.getOrDefault("data", Map.of());
            boolean well = check.get("status").equals("UP") && !data.containsKey("trouble");
            boolean cured = data.containsKey("cure")
                    || String.valueOf(data.get("trouble")).contains(": grant ");
            assertThat(well || cured).as("%s", check).isTrue();
        });
    }

    @Test
    void readinessIsOfTheControllersOwnChecksAlone() {
        assertThat(checks)
                .hasSizeGreaterThan(5)
                .extracting(check -> check.getClass().getPackageName())
                .allMatch(name -> name.startsWith("io.mesosiam."));
    }

    @Test
    void databaseThatDoesNotAnswerHasAReasonAndACure() {
        Pool pool = new Pool(PgBuilder.pool()
                .connectingTo(new PgConnectOptions()
                        .setHost("127.0.0.1")
                        .setPort(TestPort.claim())
                        .setUser("x"))
                .build());
        try {
            HealthCheckResponse response = new DatabaseReadiness(pool).call();

            assertThat(response.getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);
            assertThat(response.getData().orElseThrow())
                    .hasEntrySatisfying(
                            "trouble", why -> assertThat((String) why).isNotBlank())
                    .hasEntrySatisfying(
                            "cure", what -> assertThat((String) what).contains("PostgreSQL"));
        } finally {
            pool.closeAndAwait();
        }
    }

    private JsonPath ready() {
        return given().get(management.resolve("/health/ready")).then().extract().jsonPath();
    }
}
