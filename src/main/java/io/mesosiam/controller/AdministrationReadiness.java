package io.mesosiam.controller;

import io.mesosiam.postgres.OneStatement;
import io.mesosiam.postgres.PlainReason;
import io.quarkus.reactive.datasource.ReactiveDataSource;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Down while the database refuses the user of the administration, or that user lacks its rights. Without a user of its own
 * the administration uses the controllers'; if that one may not write policies, the check is up and states it, since
 * such a controller serves everything else. Up, and states it, if the user can't state the caller of a change.
 */
@Readiness
@Singleton
final class AdministrationReadiness implements HealthCheck {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private static final String MISSING = """
            select coalesce(string_agg(format('%s on %s', kind, relation), ', '), '') as missing from (values
                ('insert', 'policy'), ('update', 'policy'), ('delete', 'policy'), ('insert', 'attribute_trust'), ('insert', 'namespace'),
                ('update', 'namespace'), ('delete', 'namespace'), ('select', 'namespace_revision'),
                ('insert', 'withdrawal'), ('update', 'withdrawal'), ('insert', 'launch_grant'), ('select', 'policy_revision'),
                ('select', 'session_denial'), ('insert', 'session_denial')) needed (kind, relation)
            where not has_table_privilege(relation, kind)""";

    /** As {@code states_callers()} of the database has it. */
    private static final String STATES_CALLERS = """
            select session_user = 'mesos_iam_admin' or exists (
                select from pg_roles where pg_has_role(session_user, oid, 'member')
                    and (rolname = 'mesos_iam_app' or oid = (select relowner from pg_class where oid = 'policy'::regclass))) as states""";

    private final Pool pool;
    private final String user;
    private final boolean ownUser;

    @Inject
    AdministrationReadiness(
            @ReactiveDataSource("admin") Pool pool,
            @ConfigProperty(name = "quarkus.datasource.admin.username") String user,
            @ConfigProperty(name = "quarkus.datasource.username") String controllers) {
        this.pool = pool;
        this.user = user;
        this.ownUser = !user.equals(controllers);
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("administration");
        try {
            String missing = String.valueOf(first(MISSING).getString("missing"));
            if (missing.isEmpty() && !first(STATES_CALLERS).getBoolean("states")) {
                return response.up()
                        .withData(
                                "trouble",
                                "database user " + user + " can't state the caller of a change, so changes are"
                                        + " recorded as its own: grant mesos_iam_app to it")
                        .build();
            }
            if (missing.isEmpty()) {
                return response.up().build();
            }
            return response.status(!ownUser)
                    .withData(
                            "trouble",
                            "database user " + user + " has no right to " + missing
                                    + ", so writes are refused: grant mesos_iam_admin to it")
                    .build();
        } catch (RuntimeException e) {
            return response.down()
                    .withData("trouble", PlainReason.of(e))
                    .withData(
                            "cure",
                            "the API refuses changes: see the check database, and check quarkus.datasource.admin.username and .password")
                    .build();
        }
    }

    private Row first(String sql) {
        return OneStatement.run(pool, sql).await().atMost(LIMIT).iterator().next();
    }
}
