package io.mesosiam.controller;

import io.mesosiam.channel.AgentChannel;
import io.mesosiam.drain.ControllerDrain;
import io.mesosiam.fleet.ControllerState;
import io.mesosiam.fleet.OwnState;
import io.mesosiam.fleet.StatedController;
import io.mesosiam.fleet.StatedEffect;
import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.lease.store.BatchedJournal;
import io.mesosiam.mesos.master.ClusterWatch;
import io.mesosiam.policy.store.PolicyTable;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.Readiness;
import org.jspecify.annotations.Nullable;

/** How this controller is, as it states it to the others. */
@Singleton
final class ControllerCondition implements OwnState {
    private final String version;
    private final Instant startedAt;
    private final Reconciler reconciler;
    private final ClusterWatch watch;
    private final PolicyTable policies;
    private final BatchedJournal journal;
    private final AgentChannel channel;
    private final ControllerDrain drain;
    private final ReadinessAnswers readiness;

    @Inject
    ControllerCondition(
            @ConfigProperty(name = "quarkus.application.version") String version,
            InstantSource clock,
            Reconciler reconciler,
            ClusterWatch watch,
            PolicyTable policies,
            BatchedJournal journal,
            AgentChannel channel,
            ControllerDrain drain,
            @Readiness Instance<HealthCheck> checks) {
        this.version = version;
        this.startedAt = clock.instant();
        this.reconciler = reconciler;
        this.watch = watch;
        this.policies = policies;
        this.journal = journal;
        this.channel = channel;
        this.drain = drain;
        this.readiness = new ReadinessAnswers(checks, System::nanoTime);
    }

    @Override
    public void check() {
        readiness.read();
    }

    @Override
    public StatedController now() {
        // a host that waits for its turn to be served goes on serving by what it had before
        StatedEffect effect = StatedEffect.of(reconciler.policies().current().with(channel.hosts()));
        ControllerState state = new ControllerState(
                version,
                startedAt,
                readiness.notReady(),
                drain.current()
                        .map(now -> new ControllerState.Drain(now.since(), now.by(), now.reason()))
                        .orElse(null),
                watch.health().master().map(URI::toString).orElse(null),
                seconds(watch.silence()),
                effect.read(),
                seconds(policies.readAge()),
                effect.hosts(),
                journal.backlog(),
                journal.awaySince().orElse(null));
        return new StatedController(state, effect);
    }

    private static @Nullable Long seconds(Optional<Duration> time) {
        return time.map(Duration::toSeconds).orElse(null);
    }
}
