package io.mesosiam.controller;

import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ClusterState.Completeness;
import io.mesosiam.mesos.WatchHealth;
import io.mesosiam.mesos.master.ClusterWatch;
import io.mesosiam.policy.store.PolicyConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Ready once a leading master has shown its cluster. Reports which parts of it are missing or not trustworthy. */
@Readiness
@Singleton
final class ClusterReadiness implements HealthCheck {
    private final ClusterWatch watch;
    private final PolicyConfig policies;

    @Inject
    ClusterReadiness(ClusterWatch watch, PolicyConfig policies) {
        this.watch = watch;
        this.policies = policies;
    }

    @Override
    public HealthCheckResponse call() {
        WatchHealth health = watch.health();
        ClusterState state = watch.state();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("mesos")
                .status(health.ready())
                .withData("source", health.source().name().toLowerCase(java.util.Locale.ROOT))
                .withData(
                        "tasks",
                        state.launches().values().stream()
                                .filter(launched -> launched.end().isEmpty())
                                .count())
                .withData("mesosAgents", state.agents().size());
        health.master().ifPresent(master -> response.withData("master", master.toString()));
        if (!health.errors().isEmpty()) {
            response.withData("errors", String.join("; ", health.errors()));
        }
        if (state.view() instanceof Completeness.Incomplete incomplete) {
            response.withData(
                    "view",
                    incomplete.reason()
                            + "; tasks that are not visible get nothing new, and no lease is ended because its task is missing");
        }
        if (!health.ready()) {
            response.withData(
                    "cure",
                    "no new task gets credentials until a leading master answers, and leases are renewed for"
                            + " mesos-iam.lease.out-of-sight-limit: see errors, and check the masters and mesos-iam.mesos.masters");
        }
        List<String> warnings = warnings(health, state);
        if (!warnings.isEmpty()) {
            response.withData("warning", String.join("; ", warnings));
        }
        return response.build();
    }

    private List<String> warnings(WatchHealth health, ClusterState state) {
        List<String> warnings = new ArrayList<>();
        if (health.ready() && !state.enforcement().principals()) {
            warnings.add(
                    policies.acceptSelfAsserted()
                            ? "Mesos does not enforce principals: every policy relies on values that frameworks choose themselves"
                            : "Mesos does not enforce principals: nothing is issued until"
                                    + " mesos-iam.policy.accept-self-asserted is true");
        }
        if (health.plainHttp()) {
            warnings.add(
                    "the master is read over plain HTTP: a network neighbour can answer in its place, and so decide"
                            + " which task gets which IAM role; use https:// in mesos-iam.mesos.masters");
        }
        return warnings;
    }
}
