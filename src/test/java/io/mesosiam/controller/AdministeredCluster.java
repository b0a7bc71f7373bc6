package io.mesosiam.controller;

import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.policy.IamRole;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The environment of a controller whose policies tests change: {@link ClusterForController} with a database of its own, a
 * live lease, and the database user for administration of the docs, that has no other role.
 */
public final class AdministeredCluster implements QuarkusTestResourceLifecycleManager {
    private final ClusterForController cluster = new ClusterForController();

    @Override
    public Map<String, String> start() {
        Map<String, String> settings = new TreeMap<>(cluster.start());
        addLease(settings.get("test.framework"));
        String user = "mesos_iam_admin";
        cluster.database().execute("alter role " + user + " login password 'operator'");
        settings.put("quarkus.datasource.admin.username", user);
        settings.put("quarkus.datasource.admin.password", "operator");
        settings.put("test.administrator", user);
        // Revocations can be hard; no AWS answers.
        settings.put("mesos-iam.revoke.role-name", "mesos-iam-revoker");
        settings.put("mesos-iam.revoke.endpoint", "http://127.0.0.1:1");
        settings.put("mesos-iam.sts.endpoint", "http://127.0.0.1:1");
        return settings;
    }

    /** A live lease {@code held} of task {@code web-1}, as an earlier controller left it, and the policy that gives it. */
    private void addLease(String framework) {
        SessionIdentity identity = new SessionIdentity(
                new IamRole("arn:aws:iam::123456789012:role/held"),
                "held",
                Optional.empty(),
                List.of(),
                new TreeMap<>(),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Duration.ofHours(1));
        cluster.database().execute("""
                insert into policy (name, effect, task_name, framework_principal, credential_name, iam_role_arn, session_name, default_tags)
                values ('held', 'allow', 'web-1', 'svc-web', 'held', 'arn:aws:iam::123456789012:role/held', 'held', false)""");
        cluster.database().execute("""
                insert into lease (id, framework_id, task_id, mesos_agent_id, launch_sequence, credential_name, iam_role_arn,
                    policy_id, identity_hash, session_name, witnessed, created_at, state, expiration, renew_at)
                select gen_random_uuid(), '%s', 'web-1', '%s', 1, 'held', iam_role_arn,
                    id, '%s', 'held', true, now(), 'active', '2099-01-02 03:04:05+00', '2099-01-02 03:00:00+00'
                from policy where name = 'held'""".formatted(framework, cluster.agent(), identity.hash()));
    }

    @Override
    public void stop() {
        cluster.stop();
    }
}
