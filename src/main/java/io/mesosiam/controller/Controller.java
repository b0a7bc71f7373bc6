package io.mesosiam.controller;

import io.mesosiam.api.Loopback;
import io.mesosiam.channel.AgentChannel;
import io.mesosiam.channel.HostEvents;
import io.mesosiam.lease.BatchedJournal;
import io.mesosiam.lease.LeaseTable;
import io.mesosiam.lease.Reconciler;
import io.mesosiam.lease.WithdrawalTable;
import io.mesosiam.mesos.ClusterWatch;
import io.mesosiam.policy.PolicyTable;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.flywaydb.core.Flyway;

/**
 * Starts the stages in the order of the data flow, and stops them the other way round.
 *
 * <p>Agents are let in last: what they are told first is the state of the world, so there should be one. Nothing waits for
 * a Mesos master; readiness says whether one has answered.
 */
@Singleton
final class Controller {
    private final Flyway flyway;
    private final PolicyTable policies;
    private final LeaseTable leases;
    private final WithdrawalTable withdrawals;
    private final BatchedJournal journal;
    private final Reconciler reconciler;
    private final ClusterWatch watch;
    private final MasterPresence masters;
    private final AgentChannel channel;
    private final CallerPresence caller;
    private final StageMetrics metrics;
    private final ClockWatch clocks;
    private final String apiHost;

    @Inject
    Controller(
            Flyway flyway,
            PolicyTable policies,
            LeaseTable leases,
            WithdrawalTable withdrawals,
            BatchedJournal journal,
            Reconciler reconciler,
            ClusterWatch watch,
            MasterPresence masters,
            AgentChannel channel,
            CallerPresence caller,
            StageMetrics metrics,
            ClockWatch clocks,
            @ConfigProperty(name = "quarkus.http.host") String apiHost) {
        this.flyway = flyway;
        this.policies = policies;
        this.leases = leases;
        this.withdrawals = withdrawals;
        this.journal = journal;
        this.reconciler = reconciler;
        this.watch = watch;
        this.masters = masters;
        this.channel = channel;
        this.caller = caller;
        this.metrics = metrics;
        this.clocks = clocks;
        this.apiHost = apiHost;
    }

    void start(@Observes StartupEvent started) {
        Loopback.requireLoopback(apiHost);
        SchemaVersion.require(flyway);
        clocks.start(reconciler::clockCorrected);
        policies.start(set -> reconciler.policyChanged());
        withdrawals.start(reconciler::withdrawalsChanged);
        journal.start();
        reconciler.start(leases.live());
        watch.start(leases.known(), reconciler);
        masters.start();
        caller.start();
        metrics.register(watch, policies, reconciler, journal);
        channel.start(watch::state, HostEvents.of(reconciler));
    }

    void stop(@Observes ShutdownEvent stopping) {
        channel.close();
        caller.close();
        masters.close();
        watch.close();
        reconciler.close();
        journal.close();
        withdrawals.close();
        policies.close();
        clocks.close();
    }
}
