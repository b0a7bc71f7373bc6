package io.mesosiam.controller;

import io.mesosiam.postgres.OneStatement;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Checks that the controllers' database user has the rights that the migrations grant to {@code mesos_iam_app}. */
final class DatabaseRights {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static final String MISSING = """
            select format('%s on %s', kind, relation) as missing, current_user::text as name from (values
                ('select', 'policy'), ('select', 'policy_version'), ('select', 'attribute_trust'), ('select', 'namespace'),
                ('select', 'lease'), ('insert', 'lease'), ('update', 'lease'), ('select', 'agent'), ('insert', 'agent'), ('update', 'agent'),
                ('select', 'withdrawal'), ('insert', 'withdrawal'), ('insert', 'audit_event'),
                ('select', 'api_token'), ('insert', 'api_token'), ('select', 'launch_grant')) needed (kind, relation)
            where not has_table_privilege(relation, kind)""";

    private DatabaseRights() {}

    /** @throws IllegalStateException if a right is missing; the message names it, the user and the cure */
    static void require(Pool pool) {
        List<String> missing = new ArrayList<>();
        String user = "";
        for (Row row : OneStatement.run(pool, MISSING).await().atMost(LIMIT)) {
            missing.add(row.getString("missing"));
            user = row.getString("name");
        }
        if (!missing.isEmpty()) {
            throw new IllegalStateException("quarkus.datasource.username=" + user + " has no right to "
                    + String.join(", ", missing) + ". As a superuser: grant mesos_iam_app to " + user
                    + ". If that role is new, as the owner before: select grant_application('mesos_iam_app')");
        }
    }
}
