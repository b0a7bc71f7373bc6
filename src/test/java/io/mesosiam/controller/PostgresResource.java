package io.mesosiam.controller;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/**
 * Provides a {@code @QuarkusTest} with a separate database and with free ports: {@code @WithTestResource(PostgresResource.class)}. Other
 * tests run beside it.
 */
public final class PostgresResource implements QuarkusTestResourceLifecycleManager {
    private final TestDatabase database = TestPostgres.database();

    @Override
    public Map<String, String> start() {
        return Map.of(
                "quarkus.http.test-port", "0",
                "quarkus.management.port", "0",
                "quarkus.datasource.jdbc.url", database.jdbcUrl(),
                "quarkus.datasource.reactive.url", database.reactiveUrl(),
                "quarkus.datasource.username", database.user(),
                "quarkus.datasource.password", database.password());
    }

    @Override
    public void stop() {
        database.close();
    }
}
