package io.mesosiam.controller;

import io.mesosiam.mesos.WatchHealth.Source;
import io.mesosiam.mesos.master.ClusterWatch;
import io.mesosiam.policy.store.PolicyTable;
import io.mesosiam.sts.StsBudget;
import io.mesosiam.sts.StsSessions;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Gauges of the build, and of what a controller depends on: how old its view is, and what STS allows. */
@Singleton
final class SourceMetrics {
    private final MeterRegistry meters;
    private final String version;
    private final ClusterWatch watch;
    private final PolicyTable policies;
    private final StsSessions sts;

    @Inject
    SourceMetrics(
            MeterRegistry meters,
            @ConfigProperty(name = "quarkus.application.version") String version,
            ClusterWatch watch,
            PolicyTable policies,
            StsSessions sts) {
        this.meters = meters;
        this.version = version;
        this.watch = watch;
        this.policies = policies;
        this.sts = sts;
    }

    void register() {
        Gauge.builder("mesosiam.build.info", () -> 1)
                .description("1, with the versions of the controller and of its Java as labels")
                .tags(Tags.of("version", version, "java", Runtime.version().toString()))
                .register(meters);
        gauge(
                "mesosiam.mesos.leader",
                "1 while a leading master answers, else 0",
                watch,
                w -> w.health().ready() ? 1 : 0);
        gauge(
                "mesosiam.mesos.stream",
                "1 while the leading master's events arrive by its stream; 0 while the cluster is polled, or no leading master answers",
                watch,
                w -> w.health().source() == Source.STREAM ? 1 : 0);
        gauge(
                "mesosiam.mesos.event.age.seconds",
                "Time since a leading master last sent an event, a heartbeat or a listing; NaN before the first",
                watch,
                w -> seconds(w.silence()));
        gauge(
                "mesosiam.policy.read.age.seconds",
                "Time since the policies were last read, or found unchanged",
                policies,
                p -> seconds(p.readAge()));
        budget(
                "left",
                "Calls to STS that may be made at once, in the region in use that allows the fewest",
                StsBudget::left);
        budget(
                "rate",
                "Part of mesos-iam.sts.calls-per-second that is used, in the region in use that allows the fewest: below 1 after STS has throttled",
                StsBudget::rate);
        budget("waiting", "Calls to STS that wait for their turn", StsBudget::waiting);
    }

    /** NaN before the first call, when no region is in use. */
    private void budget(String name, String description, ToDoubleFunction<StsBudget> value) {
        gauge("mesosiam.sts.budget." + name, description, sts, s -> s.budget()
                .map(budget -> value.applyAsDouble(budget))
                .orElse(Double.NaN));
    }

    private static double seconds(Optional<Duration> time) {
        return time.map(it -> it.toMillis() / 1000.0).orElse(Double.NaN);
    }

    private <T> void gauge(String name, String description, T source, ToDoubleFunction<T> value) {
        Gauge.builder(name, source, value).description(description).register(meters);
    }
}
