package io.mesosiam.agent;

import io.mesosiam.agent.attest.KernelAttestor;
import io.mesosiam.agent.maker.RecordedMakers;
import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.agent.metrics.MetricSource;
import java.util.Optional;

/** Metrics of this host's containers, and of the makers of their sockets if those are recorded. */
record AttestorMetrics(KernelAttestor attestor, Optional<RecordedMakers> makers) implements MetricSource {
    @Override
    public void expose(Exposition out) {
        out.gauge("mesosiam_agent_containers", "Containers that run on this host, as of the last scan.")
                .sample(attestor.running().size());
        out.gauge(
                        "mesosiam_agent_cgroups_root_confirmed",
                        "1 once the cgroups root has held a cgroup; 0 while callers are answered 503 because it has not.")
                .sample(attestor.cgroupsRootConfirmed() ? 1 : 0);
        makers.ifPresent(recorded -> out.counter(
                        "mesosiam_agent_sockets_not_recorded_total",
                        "Sockets whose maker the kernel had no room to record: their requests are refused.")
                .sample(recorded.missed()));
    }
}
