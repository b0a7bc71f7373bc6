package io.mesosiam.controller;

import io.mesosiam.channel.AgentChannel;
import io.mesosiam.channel.ChannelConfig;
import io.mesosiam.clock.PeerClocks;
import io.mesosiam.enrol.EnrolConfig;
import io.mesosiam.enrol.ec2.InstanceCalls;
import io.mesosiam.enrol.ec2.InstanceConditions;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseConfig;
import io.mesosiam.lease.LeaseSteps;
import io.mesosiam.lease.SessionSource;
import io.mesosiam.lease.grant.GrantTable;
import io.mesosiam.lease.plan.LeasePlanner;
import io.mesosiam.lease.reconcile.Dependencies;
import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.lease.store.BatchedJournal;
import io.mesosiam.lease.store.LeaseTable;
import io.mesosiam.lease.store.UnreadableWithdrawals;
import io.mesosiam.lease.store.WithdrawalTable;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.ownership.ControllerId;
import io.mesosiam.policy.RevokerRole;
import io.mesosiam.policy.store.PolicyTable;
import io.mesosiam.postgres.SessionPool;
import io.mesosiam.preview.BlastRadius;
import io.mesosiam.preview.live.BlastRadiusConfig;
import io.mesosiam.preview.live.LeasesElsewhere;
import io.mesosiam.preview.live.LivePreview;
import io.mesosiam.sts.StsConfig;
import io.mesosiam.trace.TraceConfig;
import io.mesosiam.trace.Traces;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.reactive.datasource.ReactiveDataSource;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/** Produces stages that depend on one another in ways that a constructor alone cannot express. */
final class Stages {
    @Produces
    @Singleton
    SessionPool sessions(@ReactiveDataSource("session") Pool pool) {
        return new SessionPool(pool);
    }

    @Produces
    @Singleton
    BatchedJournal journal(
            Pool pool, LeaseConfig config, ChannelConfig channel, InstantSource clock, LeaseSteps steps) {
        return new BatchedJournal(
                pool, config, clock, ControllerId.of(channel.controllerId()).value(), steps);
    }

    @Produces
    @Singleton
    LeaseSteps steps(
            TraceConfig config,
            ChannelConfig channel,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        return Traces.of(
                config, version, ControllerId.of(channel.controllerId()).value());
    }

    void close(@Disposes LeaseSteps steps) {
        Traces.close(steps);
    }

    @Produces
    @Singleton
    WithdrawalTable withdrawals(Pool pool, SessionPool sessions, LeaseConfig config, RandomGenerator random) {
        return new WithdrawalTable(pool, sessions, config, random);
    }

    @Produces
    @Singleton
    GrantTable grants(
            Pool pool,
            SessionPool sessions,
            ChannelConfig channel,
            RandomGenerator random,
            PeerClocks clocks,
            @ConfigProperty(name = RevokerRole.SETTING) Optional<String> revoker) {
        return new GrantTable(
                pool,
                sessions,
                ControllerId.of(channel.controllerId()).value(),
                random,
                clocks::instant,
                new RevokerRole(revoker));
    }

    @Produces
    @Singleton
    Reconciler reconciler(
            LeaseConfig config,
            PolicyTable policies,
            SessionSource sessions,
            AgentChannel channel,
            LeaseTable leases,
            BatchedJournal journal,
            WithdrawalTable withdrawals,
            GrantTable grants,
            PeerClocks clocks,
            RandomGenerator random,
            MeterRegistry meters,
            LeaseSteps steps) {
        Dependencies dependencies = new Dependencies(
                new UnreadableWithdrawals(new DecidedByTables(policies), withdrawals::holdsBack),
                sessions,
                channel,
                leases,
                grants,
                Executors.newVirtualThreadPerTaskExecutor(),
                clocks::instant,
                random,
                StageMetrics.leaseTimes(meters),
                steps);
        return new Reconciler(config, dependencies, journal);
    }

    @Produces
    @Singleton
    InstanceCalls instances(EnrolConfig config, StsConfig sts) {
        return new InstanceCalls(
                config.ec2(),
                InstanceConditions.of(config.ec2()),
                sts,
                DefaultCredentialsProvider.builder().build());
    }

    @Produces
    @Singleton
    LivePreview preview(
            LeaseConfig config,
            BlastRadiusConfig radius,
            PolicyTable policies,
            SessionSource sessions,
            Reconciler reconciler,
            WithdrawalTable withdrawals,
            LeaseTable leases) {
        return new LivePreview(
                policies::current,
                policies::trouble,
                reconciler.overview(),
                sessions,
                withdrawals::holdsBack,
                new LeasePlanner(config.outOfSightLimit()),
                new BlastRadius(radius.leases(), radius.percent() / 100.0),
                new LeasesElsewhere() {
                    @Override
                    public Collection<Lease> live(Collection<TaskKey> tasks) {
                        return leases.live(tasks);
                    }

                    @Override
                    public OptionalLong count() {
                        return leases.count();
                    }
                });
    }
}
