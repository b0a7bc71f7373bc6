package io.mesosiam.controller;

import io.mesosiam.postgres.OneStatement;
import io.mesosiam.postgres.PlainReason;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Down while Postgres does not answer. Replaces Quarkus's check of the same pool, which logs a stack trace for each
 * probe while Postgres is down.
 */
@Readiness
@Singleton
final class DatabaseReadiness implements HealthCheck {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Pool pool;

    @Inject
    DatabaseReadiness(Pool pool) {
        this.pool = pool;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("database");
        try {
            var _ = OneStatement.run(pool, "select 1 as ready").await().atMost(LIMIT);
            return response.up().build();
        } catch (RuntimeException e) {
            return response.down()
                    .withData("trouble", PlainReason.of(e))
                    .withData(
                            "cure",
                            "leases are served and renewed, and rows wait in memory: check that PostgreSQL runs at"
                                    + " quarkus.datasource.reactive.url, takes connections, and has room on its disk")
                    .build();
        }
    }
}
