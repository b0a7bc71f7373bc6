package io.mesosiam.controller;

import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.Completeness;
import io.mesosiam.mesos.WatchHealth;
import io.mesosiam.mesos.master.ClusterWatch;
import io.mesosiam.policy.PolicyConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Ready once a leading master has shown its cluster; says what of it is missing, or isn't to be believed. */
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
                    incomplete.reason() + "; tasks that can't be seen get nothing new, and absence ends nothing");
        }
        if (health.ready() && !state.enforcement().principals()) {
            response.withData(
                    "warning",
                    policies.acceptSelfAsserted()
                            ? "Mesos does not enforce principals: every policy rests on what frameworks say of themselves"
                            : "Mesos does not enforce principals: nothing is issued until"
                                    + " mesos-iam.policy.accept-self-asserted is true");
        }
        return response.build();
    }
}
