package io.mesosiam.controller;

import io.mesosiam.api.port.ApiCertificates;
import io.mesosiam.audit.AuditPartitions;
import io.mesosiam.audit.AuditStream;
import io.mesosiam.channel.AgentChannel;
import io.mesosiam.enrol.port.EnrolmentPort;
import io.mesosiam.enrol.termination.TerminationPoll;
import io.mesosiam.exposure.RoleTrials;
import io.mesosiam.fleet.Fleet;
import io.mesosiam.lease.grant.GrantTable;
import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.lease.store.BatchedJournal;
import io.mesosiam.loop.Loop;
import io.mesosiam.mesos.master.ClusterWatch;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Down while a loop that the controller needs has ended or fails. */
@Readiness
@Singleton
final class LoopReadiness implements HealthCheck {
    private final List<Loop> loops;
    private final ClusterWatch watch;

    @Inject
    LoopReadiness(
            Reconciler reconciler,
            BatchedJournal journal,
            GrantTable grants,
            CallerPresence caller,
            ClockWatch clocks,
            ControllerIdLock id,
            AgentChannel channel,
            EnrolmentPort enrolment,
            TerminationPoll instances,
            ApiCertificates certificates,
            AuditStream stream,
            AuditPartitions partitions,
            RoleTrials trials,
            Fleet fleet,
            ClusterWatch watch) {
        this(
                List.of(
                        reconciler.loop(),
                        journal.loop(),
                        grants.loop(),
                        caller.loop(),
                        clocks.loop(),
                        id.loop(),
                        channel.certificateLoop(),
                        enrolment.loop(),
                        instances.loop(),
                        certificates.loop(),
                        stream.loop(),
                        partitions.loop(),
                        trials.loop(),
                        fleet.loop()),
                watch);
    }

    private LoopReadiness(List<Loop> loops, ClusterWatch watch) {
        this.loops = loops;
        this.watch = watch;
    }

    void register(MeterRegistry meters) {
        loops.forEach(loop -> FunctionCounter.builder("mesosiam.loop.failures", loop, Loop::failures)
                .description("Iterations of the controller's loops that failed with an unexpected exception")
                .tags("loop", loop.name())
                .register(meters));
        FunctionCounter.builder("mesosiam.loop.failures", watch, ClusterWatch::failures)
                .description("Iterations of the controller's loops that failed with an unexpected exception")
                .tags("loop", "mesos")
                .register(meters);
    }

    @Override
    public HealthCheckResponse call() {
        Map<String, String> trouble = new LinkedHashMap<>();
        loops.forEach(loop -> loop.trouble().ifPresent(words -> trouble.put(loop.name(), words)));
        watch.unexpected().ifPresent(words -> trouble.put("mesos", words));
        watch.endedThreads().forEach(thread -> trouble.put(thread, "ended"));
        HealthCheckResponseBuilder response = HealthCheckResponse.named("loops").status(trouble.isEmpty());
        trouble.forEach(response::withData);
        if (!trouble.isEmpty()) {
            response.withData(
                    "cure",
                    "a defect: keep the log, report it, and restart this controller if a loop has ended or nothing new is issued");
        }
        return response.build();
    }
}
