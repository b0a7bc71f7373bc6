package io.mesosiam.exposure;

import io.mesosiam.channel.AgentChannel;
import io.mesosiam.channel.HostExposure;
import io.mesosiam.channel.wire.AgentMessage.RolesTried;
import io.mesosiam.channel.wire.ControllerMessage.TryRoles;
import io.mesosiam.loop.Loop;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.ownership.ControllerId;
import io.mesosiam.pause.TimedWakeup;
import io.mesosiam.pause.Wakeup;
import io.mesosiam.policy.IamRole;
import io.mesosiam.postgres.SessionLock;
import io.mesosiam.postgres.SessionPool;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Has hosts try which roles of policies their own role can assume. One host of the cluster tries at a time: the controller that
 * holds a lock of the database instructs it, at most {@code tries-per-second} roles a batch, waits for the answer, and sends
 * no batch within a second of the one before. So the rate holds over all controllers.
 */
@Singleton
public final class RoleTrials implements AutoCloseable {
    private static final Duration LOCK_LIMIT = Duration.ofSeconds(10);

    /** How often it is looked for roles and hosts that are new, and whether another controller is done. */
    private static final Duration POLL = Duration.ofSeconds(10);

    /** The time between two batches. */
    static final Duration BETWEEN = Duration.ofSeconds(1);

    /** The time without a batch after STS has throttled one. */
    static final Duration THROTTLED = Duration.ofMinutes(1);

    /** Agents stop a batch earlier. */
    static final Duration ANSWER = Duration.ofSeconds(90);

    private final ExposureConfig config;
    private final Supplier<SessionLock> locks;
    private final Hosts hosts;
    private final InstantSource clock;

    /** Measures what is waited for: the wall clock can be set back. */
    private final LongSupplier nanoTime;

    private final Wakeup wakeup;
    private final TrialRecord record;
    private final TrialPlan plan;
    private final MeterRegistry meters;
    private final Loop loop = new Loop("role-trials");
    private final BlockingQueue<Answer> answers = new ArrayBlockingQueue<>(1);
    private volatile @Nullable TrialBatch awaited;
    private volatile boolean closed;
    private volatile @Nullable Thread thread;

    private record Answer(MesosAgentId host, RolesTried tried) {}

    @Inject
    RoleTrials(
            ExposureConfig config,
            Pool pool,
            SessionPool sessions,
            AgentChannel channel,
            @ConfigProperty(name = "mesos-iam.channel.controller-id") Optional<String> controllerId,
            InstantSource clock,
            RandomGenerator random,
            MeterRegistry meters) {
        this(
                config,
                pool,
                sessions,
                hosts(channel),
                ControllerId.of(controllerId).value(),
                clock,
                System::nanoTime,
                random,
                new TimedWakeup(),
                meters);
    }

    RoleTrials(
            ExposureConfig config,
            Pool pool,
            SessionPool sessions,
            Hosts hosts,
            String controllerId,
            InstantSource clock,
            LongSupplier nanoTime,
            RandomGenerator random,
            Wakeup wakeup,
            MeterRegistry meters) {
        this.config = config;
        this.locks = () -> new SessionLock(sessions, "mesos-iam role trials", LOCK_LIMIT);
        this.hosts = hosts;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.wakeup = wakeup;
        this.record = new TrialRecord(pool, controllerId, clock, meters);
        this.plan = new TrialPlan(config.triesPerSecond(), random);
        this.meters = meters;
    }

    static Hosts hosts(AgentChannel channel) {
        return new Hosts() {
            @Override
            public Map<MesosAgentId, HostRole> roles() {
                Map<MesosAgentId, HostRole> roles = new HashMap<>();
                channel.connected()
                        .forEach((host, agent) ->
                                agent.exposure().flatMap(HostRole::of).ifPresent(role -> roles.put(host, role)));
                return roles;
            }

            @Override
            public void send(MesosAgentId host, TryRoles request) {
                channel.tryRoles(host, request);
            }
        };
    }

    /** Starts the trials, if the settings want them. */
    public void start(Supplier<NavigableSet<IamRole>> roles) {
        Gauge.builder("mesosiam.exposure.hosts.assuming", this, RoleTrials::assuming)
                .description("Hosts whose agents are connected here and whose own role can assume a role of a policy")
                .register(meters);
        if (config.tryRoles()) {
            thread = Thread.ofVirtual().name("role-trials").start(() -> loop.run(() -> !closed, () -> turn(roles)));
        }
    }

    /** What is known of the role of a host; empty if nothing is. */
    public Optional<TrialResult> result(HostExposure host) {
        return HostRole.of(host).flatMap(plan::result);
    }

    private long assuming() {
        return hosts.roles().values().stream()
                .filter(role -> plan.result(role)
                        .filter(known -> !known.assumable().isEmpty())
                        .isPresent())
                .count();
    }

    /** The loop, for metrics and readiness. */
    public Loop loop() {
        return loop;
    }

    /** Takes an answer of a host. Called by any thread; ignores it unless this host's answer is awaited. */
    public void answered(MesosAgentId host, RolesTried tried) {
        TrialBatch batch = awaited;
        if (batch == null
                || !batch.host().equals(host)
                || batch.id() != tried.batch()
                || !answers.offer(new Answer(host, tried))) {
            record.unasked(host);
            return;
        }
        wakeup.wake();
    }

    /** Tries all that is due, if no other controller does. */
    void turn(Supplier<NavigableSet<IamRole>> roles) throws InterruptedException {
        if (next(roles).isEmpty()) {
            await(POLL, nanoTime.getAsLong());
            return;
        }
        try (SessionLock lock = locks.get()) {
            if (lock.tryAcquire() != SessionLock.State.OURS) {
                await(POLL, nanoTime.getAsLong());
                return;
            }
            // another controller may have sent a batch just now
            await(BETWEEN, nanoTime.getAsLong());
            while (!closed && lock.tryAcquire() == SessionLock.State.OURS) {
                Optional<TrialBatch> batch = next(roles);
                if (batch.isEmpty()) {
                    return;
                }
                long sent = nanoTime.getAsLong();
                await(tried(batch.get()), sent);
            }
        }
    }

    private Optional<TrialBatch> next(Supplier<NavigableSet<IamRole>> roles) {
        return plan.next(clock.instant(), hosts.roles(), roles.get());
    }

    /** Has a host try a batch. Returns the time from its request to that of the next batch. */
    private Duration tried(TrialBatch batch) throws InterruptedException {
        awaited = batch;
        Optional<RolesTried> answer;
        try {
            hosts.send(batch.host(), batch.message());
            answer = answer(batch);
        } finally {
            awaited = null;
        }
        Instant now = clock.instant();
        Optional<String> fault =
                answer.isEmpty() ? Optional.of("it has not answered in time") : answer.flatMap(batch::fault);
        if (fault.isPresent()) {
            record.unanswered(batch, fault.get());
            plan.unanswered(batch, now);
            return BETWEEN;
        }
        TrialPlan.Change change = plan.answered(batch, answer.orElseThrow(), now);
        long sameRole =
                hosts.roles().values().stream().filter(batch.as()::equals).count();
        record.answered(batch, answer.orElseThrow(), change, sameRole);
        return change.throttled() ? THROTTLED : BETWEEN;
    }

    private Optional<RolesTried> answer(TrialBatch batch) throws InterruptedException {
        long begun = nanoTime.getAsLong();
        while (true) {
            Answer answer = answers.poll();
            // an answer to the batch before may have arrived after its time
            if (answer != null
                    && answer.host().equals(batch.host())
                    && answer.tried().batch() == batch.id()) {
                return Optional.of(answer.tried());
            }
            Duration left = left(ANSWER, begun);
            if (closed || !left.isPositive()) {
                return Optional.empty();
            }
            if (answer == null) {
                wakeup.await(left);
            }
        }
    }

    private void await(Duration time, long since) throws InterruptedException {
        for (Duration left = left(time, since); left.isPositive() && !closed; left = left(time, since)) {
            wakeup.await(left);
        }
    }

    private Duration left(Duration time, long since) {
        return time.minusNanos(nanoTime.getAsLong() - since);
    }

    @Override
    public void close() {
        closed = true;
        wakeup.wake();
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }
}
