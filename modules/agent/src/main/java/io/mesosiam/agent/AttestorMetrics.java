package io.mesosiam.agent;

import io.mesosiam.agent.attest.KernelAttestor;
import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.agent.metrics.MetricSource;

/** Metrics of this host's containers. */
record AttestorMetrics(KernelAttestor attestor) implements MetricSource {
    @Override
    public void expose(Exposition out) {
        out.gauge("mesosiam_agent_containers", "Containers that run on this host, as of the last scan.")
                .sample(attestor.running().size());
        out.gauge(
                        "mesosiam_agent_cgroups_root_confirmed",
                        "1 once the cgroups root has held a cgroup; 0 while callers are answered 503 because it has not.")
                .sample(attestor.cgroupsRootConfirmed() ? 1 : 0);
    }
}
