package io.mesosiam.controller;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.enrol.EvictedHosts;
import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.master.ClusterWatch;
import io.mesosiam.ownership.ServedHosts;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Gauges of the hosts that no controller has. Each controller counts those of the whole cluster. */
@Singleton
final class HostMetrics {
    private static final Duration ANSWER_BY = Duration.ofSeconds(2);

    /** The gauges of one scrape share one reading of the table. */
    private static final Duration VALID = Duration.ofSeconds(1);

    private final MeterRegistry meters;
    private final Pool pool;
    private final ClusterWatch watch;
    private final Reconciler reconciler;
    private final EvictedHosts evicted;

    @GuardedBy("this")
    private Alone last = Alone.UNKNOWN;

    @GuardedBy("this")
    private long countedAt = System.nanoTime() - 2 * VALID.toNanos();

    /**
     * The hosts that no controller has.
     *
     * @param tasks the tasks on these that have not ended
     */
    record Alone(double hosts, double tasks) {
        static final Alone UNKNOWN = new Alone(Double.NaN, Double.NaN);

        /** @param here the hosts whose agents are connected to this controller */
        static Alone of(ClusterState state, Set<MesosAgentId> here, ServedHosts served, Predicate<MesosAgent> evicted) {
            Set<MesosAgentId> alone = state.agents().values().stream()
                    .filter(MesosAgent::active)
                    .filter(host ->
                            !here.contains(host.id()) && !served.connected().contains(host.id()) && !evicted.test(host))
                    .map(MesosAgent::id)
                    .collect(Collectors.toSet());
            long tasks = state.launches().values().stream()
                    .filter(task -> alone.contains(task.launch().key().agent())
                            && task.end().isEmpty())
                    .count();
            return new Alone(alone.size(), tasks);
        }
    }

    @Inject
    HostMetrics(MeterRegistry meters, Pool pool, ClusterWatch watch, Reconciler reconciler, EvictedHosts evicted) {
        this.meters = meters;
        this.pool = pool;
        this.watch = watch;
        this.reconciler = reconciler;
        this.evicted = evicted;
    }

    void register() {
        gauge(
                "mesosiam.hosts.without.agent",
                "Mesos agents that the master lists as active, on whose host no agent has a stream to any controller; without evicted hosts; NaN while the database doesn't answer",
                Alone::hosts);
        gauge("mesosiam.hosts.without.agent.tasks", "Running tasks on these", Alone::tasks);
    }

    private void gauge(String name, String description, ToDoubleFunction<Alone> value) {
        Gauge.builder(name, this, metrics -> value.applyAsDouble(metrics.now()))
                .description(description)
                .register(meters);
    }

    private synchronized Alone now() {
        if (System.nanoTime() - countedAt > VALID.toNanos()) {
            last = count();
            countedAt = System.nanoTime();
        }
        return last;
    }

    private Alone count() {
        try {
            ServedHosts served = ServedHosts.read(pool).await().atMost(ANSWER_BY);
            return Alone.of(
                    watch.state(),
                    reconciler.policies().current().hosts().keySet(),
                    served,
                    host -> evicted.isEvicted(host.hostname(), host.address()));
        } catch (RuntimeException unknown) {
            // the database is away: its own metrics and readiness say so
            return Alone.UNKNOWN;
        }
    }
}
