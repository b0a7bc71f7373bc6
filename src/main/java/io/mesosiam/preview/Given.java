package io.mesosiam.preview;

import io.mesosiam.lease.Decider;
import io.mesosiam.lease.SessionSource;
import io.mesosiam.lease.plan.DesiredLease;
import io.mesosiam.lease.plan.LaunchView;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.Launch;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Subject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What one set of policies gives running launches, as the reconciler would convert its decisions. */
record Given(Decider decider, SessionSource source, ClusterState state) {
    Map<Launch, Map<CredentialName, DesiredLease>> to(List<LaunchView> running) {
        Map<Launch, Map<CredentialName, DesiredLease>> desired = new HashMap<>();
        boolean flagsKnown = state.enforcement().known();
        running.forEach(view -> view.task()
                .ifPresent(task -> desired.put(
                        view.launch(),
                        DesiredLease.of(decider.decide(Subject.of(task, state)), task, flagsKnown, source))));
        return desired;
    }
}
