package io.mesosiam.controller;

import io.mesosiam.lease.LeaseTimes;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.reconcile.PolicyEffect;
import io.mesosiam.lease.reconcile.PolicyRollout;
import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.lease.store.BatchedJournal;
import io.mesosiam.lease.store.WithdrawalTable;
import io.mesosiam.mesos.ClusterState.Completeness;
import io.mesosiam.mesos.master.ClusterWatch;
import io.mesosiam.policy.UnusableRow.RejectedRow;
import io.mesosiam.policy.store.PolicyTable;
import io.mesosiam.postgres.SessionPool;
import io.mesosiam.revoke.SessionDenials;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.eclipse.microprofile.health.Readiness;

/** Gauges of the stages. docs/controller.md lists every metric. */
@Singleton
final class StageMetrics {
    private static final List<String> LIVE = List.of("pending", "active", "renewing");
    /** The tables whose rows take effect while a controller runs. */
    private static final List<String> FOLLOWED = List.of(
            "api_token", "authority", "ec2_instance", "host", "launch_grant", "policy", "session_denial", "withdrawal");

    private static final List<String> STATES = List.of("pending", "active", "renewing", "failed");

    /** In seconds: 0.05 to 300. */
    private static final Duration[] FIRST_SESSION = Stream.of(
                    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final MeterRegistry meters;
    private final InstantSource clock;
    private final LoopReadiness loops;
    private final SourceMetrics sources;
    private final HostMetrics hosts;
    private final SessionPool sessions;

    @Inject
    StageMetrics(
            MeterRegistry meters,
            InstantSource clock,
            @Readiness LoopReadiness loops,
            SourceMetrics sources,
            HostMetrics hosts,
            SessionPool sessions) {
        this.meters = meters;
        this.clock = clock;
        this.loops = loops;
        this.sources = sources;
        this.hosts = hosts;
        this.sessions = sessions;
    }

    /** How long leases and tasks wait. */
    static LeaseTimes leaseTimes(MeterRegistry meters) {
        Timer sessions = waits(
                meters,
                "mesosiam.lease.first.session",
                "Time from the creation of a lease, when its task, its host's agent and the policy for it are known, until its first session is sent to its host");
        Timer credentials = waits(
                meters,
                "mesosiam.task.first.credentials",
                "Time from the moment when this controller sees a task's start on the master's stream, on a host whose agent is connected here, until that agent confirms the task's first session; without tasks that are refused, and roles that are issued on request");
        return new LeaseTimes() {
            @Override
            public void firstSession(Duration waited) {
                sessions.record(waited);
            }

            @Override
            public void firstCredentials(Duration waited) {
                credentials.record(waited);
            }
        };
    }

    private static Timer waits(MeterRegistry meters, String name, String description) {
        return Timer.builder(name)
                .description(description)
                .serviceLevelObjectives(FIRST_SESSION)
                .register(meters);
    }

    void register(QueuedLog log) {
        FunctionCounter.builder("mesosiam.log.lines.dropped", log, QueuedLog::dropped)
                .description("Lines of the log that were dropped because they were not read in time")
                .register(meters);
    }

    void register(
            ClusterWatch watch,
            PolicyTable policies,
            WithdrawalTable withdrawals,
            Reconciler reconciler,
            BatchedJournal journal,
            SessionDenials denials) {
        gauge("mesosiam.cluster.tasks", "Known launches", watch, w -> w.state()
                .launches()
                .size());
        gauge(
                "mesosiam.cluster.view.whole",
                "1 while all tasks that the master counts are visible, else 0; while 0, no lease is ended because its task is missing",
                watch,
                w -> w.state().view() instanceof Completeness.Whole ? 1 : 0);
        gauge(
                "mesosiam.mesos.plain.http",
                "1 while the master is read over a network without TLS, else 0",
                watch,
                w -> w.health().plainHttp() ? 1 : 0);
        gauge(
                "mesosiam.mesos.principals.enforced",
                "1 while the leading master enforces the principals of frameworks, else 0",
                watch,
                w -> w.state().enforcement().principals() ? 1 : 0);
        FunctionCounter.builder("mesosiam.mesos.rejected", watch, ClusterWatch::rejected)
                .description("Tasks, frameworks, Mesos agents and events of a master that could not be used")
                .register(meters);
        gauge("mesosiam.policy.version", "Version of the policies in force", policies, p -> p.current()
                .version());
        gauge("mesosiam.policy.rejected", "Policy rows that can't be used", policies, p -> p.current()
                .rejected()
                .size());
        gauge(
                "mesosiam.policy.rejected.denies",
                "Policy rows that can't be used and that deny, or may deny, the tasks that they may match",
                policies,
                p -> p.current().rejected().stream()
                        .filter(row -> row.consequence() != RejectedRow.Consequence.NONE)
                        .count());
        gauge(
                "mesosiam.policy.out.of.bounds",
                "Enabled policies that violate a bound of their namespaces; allows among them give nothing",
                policies,
                p -> p.current().outOfBounds().size());
        policies(reconciler.policies());
        withdrawals(withdrawals);
        denials(denials);
        LeaseTallies tallies = new LeaseTallies(
                () -> LeaseTallies.Tally.of(reconciler),
                () -> meters.config().clock().monotonicTime());
        tally(
                "mesosiam.lease.live",
                "Leases that are promised or served on the hosts whose agents are connected here; no failed ones",
                Tags.empty(),
                tallies,
                tally -> count(tally.leasesByState(), LIVE));
        STATES.forEach(state -> tally(
                "mesosiam.lease.states",
                "Leases on the hosts whose agents are connected here, by state",
                Tags.of("state", state),
                tallies,
                tally -> count(tally.leasesByState(), List.of(state))));
        for (WaitReason reason : WaitReason.values()) {
            if (!reason.counted()) {
                continue;
            }
            tally(
                    "mesosiam.lease.waiting",
                    "Credential names of running tasks, on hosts connected here, that wait for something",
                    Tags.of("reason", reason.text()),
                    tallies,
                    tally -> tally.waiting().getOrDefault(reason, 0L));
        }
        for (RefusalCode code : RefusalCode.values()) {
            tally(
                    "mesosiam.lease.refused",
                    "Credential names of containers, on hosts connected here, that are refused",
                    Tags.of("code", code.text()),
                    tallies,
                    tally -> tally.refused().getOrDefault(code, 0L));
        }
        tally(
                "mesosiam.lease.earliest.end.seconds",
                "When the first session of a lease on a host connected here ends, in seconds since 1970; NaN without a session",
                Tags.empty(),
                tallies,
                tally -> tally.earliestEnd()
                        .map(end -> (double) end.getEpochSecond())
                        .orElse(Double.NaN));
        tally(
                "mesosiam.lease.renewal.lag.seconds",
                "How long the renewal that was due first has not begun, of leases on hosts connected here; 0 if none is due",
                Tags.empty(),
                tallies,
                tally -> tally.earliestRenewal().map(this::secondsSince).orElse(0.0));
        tally("mesosiam.lease.sessions", "Sessions in memory", Tags.empty(), tallies, tally -> tally.counts()
                .sessions());
        tally("mesosiam.lease.calls", "Calls to STS in flight", Tags.empty(), tallies, tally -> tally.counts()
                .callsInFlight());
        queue(tallies);
        journal(journal);
        loops.register(meters);
        sources.register();
        hosts.register();
        for (String table : FOLLOWED) {
            Gauge.builder("mesosiam.table.away", sessions, s -> s.isAway(table) ? 1 : 0)
                    .description("1 while the table can't be followed, else 0: then rows that are newer have no effect")
                    .tags("table", table)
                    .register(meters);
        }
    }

    private void queue(LeaseTallies tallies) {
        tally(
                "mesosiam.lease.queue",
                "Launches queued for reconciliation, now or later",
                Tags.empty(),
                tallies,
                tally -> tally.counts().queue().marked());
        tally(
                "mesosiam.lease.queue.due",
                "Launches that are due for reconciliation and wait for their turn",
                Tags.empty(),
                tallies,
                tally -> tally.counts().queue().due());
        tally(
                "mesosiam.lease.queue.age.seconds",
                "How long the first of the launches that are due has waited; 0 if none waits",
                Tags.empty(),
                tallies,
                tally -> seconds(tally.counts().queue().lag()));
    }

    private void policies(PolicyRollout rollout) {
        gauge(
                "mesosiam.policy.version.decided",
                "Version of the policies by which every task has been decided; 0 while the tasks are not known",
                rollout,
                r -> r.current().decided());
        gauge(
                "mesosiam.policy.hosts.behind",
                "Hosts whose agents are connected here and have not confirmed the version of the policies in force",
                rollout,
                r -> {
                    PolicyEffect effect = r.current();
                    return effect.hosts().size() - effect.inEffect(effect.read());
                });
    }

    private void withdrawals(WithdrawalTable withdrawals) {
        gauge(
                "mesosiam.withdrawals.rejected",
                "Rows of withdrawals in effect that can't be read completely",
                withdrawals,
                WithdrawalTable::rejected);
        gauge(
                "mesosiam.withdrawals.unknown",
                "Withdrawals in effect whose framework or Mesos agent the cluster doesn't show: they cover nothing now",
                withdrawals,
                WithdrawalTable::unknown);
    }

    private void denials(SessionDenials denials) {
        gauge(
                "mesosiam.session.denials.open",
                "Denials of revoked sessions whose inline policies are to be attached or, later, removed",
                denials,
                d -> d.status().open());
        gauge(
                "mesosiam.session.denials.failing",
                "Those of them whose last attempt failed at AWS",
                denials,
                d -> d.status().failing());
    }

    private void journal(BatchedJournal journal) {
        gauge(
                "mesosiam.journal.waiting",
                "Rows and audit events that wait to be written",
                journal,
                BatchedJournal::backlog);
        gauge(
                "mesosiam.journal.age.seconds",
                "How long the oldest row or audit event has waited to be written, apart from those that are held; 0 if none waits",
                journal,
                j -> seconds(j.age()));
        for (String what : List.of("host", "lease", "withdrawal", "audit_event")) {
            Gauge.builder("mesosiam.journal.held", journal, j -> j.held()
                            .getOrDefault(what, 0L)
                            .doubleValue())
                    .description(
                            "Rows and audit events that wait separately, since a host's rows are locked or a table may not be written")
                    .tags("what", what)
                    .register(meters);
        }
        refused("row", journal, BatchedJournal::refusedRows);
        refused("event", journal, BatchedJournal::refusedEvents);
        FunctionCounter.builder("mesosiam.journal.dropped", journal, BatchedJournal::dropped)
                .description(
                        "Rows and audit events that are only in the log, since too many waited or the controller stopped")
                .register(meters);
    }

    private void refused(String part, BatchedJournal journal, ToDoubleFunction<BatchedJournal> count) {
        FunctionCounter.builder("mesosiam.journal.refused", journal, count)
                .description("Rows and audit events that are only in the log, since the database refused their data")
                .tags("part", part)
                .register(meters);
    }

    private double secondsSince(Instant time) {
        return Math.max(0, seconds(Duration.between(time, clock.instant())));
    }

    private static double seconds(Duration time) {
        return time.toMillis() / 1000.0;
    }

    private static double count(Map<String, Long> byState, List<String> states) {
        return states.stream()
                .mapToLong(state -> byState.getOrDefault(state, 0L))
                .sum();
    }

    private void tally(
            String name,
            String description,
            Tags tags,
            LeaseTallies tallies,
            ToDoubleFunction<LeaseTallies.Tally> value) {
        Gauge.builder(name, tallies, it -> value.applyAsDouble(it.now()))
                .description(description)
                .tags(tags)
                // only the gauges hold a reference
                .strongReference(true)
                .register(meters);
    }

    private <T> void gauge(String name, String description, T source, ToDoubleFunction<T> value) {
        Gauge.builder(name, source, value).description(description).register(meters);
    }
}
