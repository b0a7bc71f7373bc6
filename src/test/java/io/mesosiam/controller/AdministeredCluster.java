package io.mesosiam.controller;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;
import java.util.TreeMap;

/**
 * The environment of a controller whose policies tests change: {@link ClusterForController} with a database of its own, and
 * with a database user for administration that has no other role.
 */
public final class AdministeredCluster implements QuarkusTestResourceLifecycleManager {
    private final ClusterForController cluster = new ClusterForController();

    @Override
    public Map<String, String> start() {
        Map<String, String> settings = new TreeMap<>(cluster.start());
        String user = "operator_" + ProcessHandle.current().pid();
        cluster.database().execute("drop role if exists " + user);
        cluster.database().execute("create role " + user + " login password 'operator' in role mesos_iam_admin");
        settings.put("quarkus.datasource.admin.username", user);
        settings.put("quarkus.datasource.admin.password", "operator");
        settings.put("test.administrator", user);
        // Revocations can be hard; no AWS answers.
        settings.put("mesos-iam.revoke.role-name", "mesos-iam-revoker");
        settings.put("mesos-iam.revoke.endpoint", "http://127.0.0.1:1");
        settings.put("mesos-iam.sts.endpoint", "http://127.0.0.1:1");
        return settings;
    }

    @Override
    public void stop() {
        cluster.stop();
    }
}
