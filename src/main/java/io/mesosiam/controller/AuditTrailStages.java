package io.mesosiam.controller;

import io.mesosiam.audit.AuditPartitions;
import io.mesosiam.audit.AuditStream;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;

/** Keeps and streams the audit trail. No other stage waits for it. */
@Singleton
final class AuditTrailStages {
    /** After {@link Controller}, which requires the schema. */
    private static final int LATE = Interceptor.Priority.APPLICATION + 600;

    private final AuditPartitions partitions;
    private final AuditStream stream;
    private final MeterRegistry meters;

    @Inject
    AuditTrailStages(AuditPartitions partitions, AuditStream stream, MeterRegistry meters) {
        this.partitions = partitions;
        this.stream = stream;
        this.meters = meters;
    }

    void start(@Observes @Priority(LATE) StartupEvent started) {
        FunctionCounter.builder("mesosiam.audit.streamed", stream, AuditStream::streamed)
                .description("Audit events that this controller has passed on")
                .register(meters);
        Gauge.builder("mesosiam.audit.stream.failing", stream, s -> s.trouble().isPresent() ? 1 : 0)
                .description("1 while the sink of audit events fails, else 0")
                .register(meters);
        Gauge.builder(
                        "mesosiam.audit.partitions.failing",
                        partitions,
                        p -> p.trouble().isPresent() ? 1 : 0)
                .description("1 while partitions of the audit trail can't be made or dropped, else 0")
                .register(meters);
        partitions.start();
        stream.start();
    }

    void stop(@Observes ShutdownEvent stopping) {
        stream.close();
        partitions.close();
    }
}
