package io.mesosiam.enrol.termination;

import io.mesosiam.enrol.EnrolConfig;
import io.mesosiam.enrol.ec2.InstanceCalls;
import io.mesosiam.enrol.ec2.InstanceCalls.Answer;
import io.mesosiam.enrol.ec2.InstanceCalls.Place;
import io.mesosiam.enrol.ec2.InstanceConditions;
import io.mesosiam.enrol.termination.StateChanges.Change;
import io.mesosiam.enrol.termination.StateChanges.Enrolled;
import io.mesosiam.loglimit.RepeatedLines;
import io.mesosiam.loop.Loop;
import io.mesosiam.ownership.ControllerId;
import io.mesosiam.pause.Doubling;
import io.mesosiam.postgres.NoAnswer;
import io.mesosiam.postgres.PlainReason;
import io.mesosiam.postgres.SessionLock;
import io.mesosiam.postgres.SessionPool;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Asks EC2 for the states of all enrolled instances, in batches, and records those that have changed. Of all controllers the holder
 * of a lock asks. An answer that is missing, or that contradicts itself or the question, changes nothing.
 */
@Singleton
public final class TerminationPoll implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(TerminationPoll.class);
    private static final Duration LOCK_LIMIT = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofSeconds(5);

    /** Between two calls: five calls a second are far below the limits of an account. */
    private static final Duration BETWEEN_CALLS = Duration.ofMillis(200);

    private static final Doubling THROTTLED = new Doubling(Duration.ofMinutes(1), Duration.ofMinutes(16));
    private static final Duration LATE = Duration.ofMinutes(10);
    private static final int LATE_POLLS = 5;
    private static final String FAILURES = "mesosiam.instance.poll.failures";
    private static final String POLLS = "mesosiam.instance.polls";

    private final boolean wanted;
    private final Duration interval;
    private final InstanceTable table;
    private final InstanceCalls calls;
    private final SessionLock lock;
    private final InstantSource clock;
    private final MeterRegistry meters;
    private final RepeatedLines repeated = new RepeatedLines(Duration.ofMinutes(1));
    private final Loop loop = new Loop("instance-poll");
    private final Map<Place, Backoff> throttled = new HashMap<>();
    private volatile Optional<Instant> complete = Optional.empty();

    /** The last complete poll of this controller, or its start, also while another controller polls. */
    private volatile Instant last;

    private volatile long unknown;
    private volatile boolean closed;
    private volatile @Nullable Thread thread;

    /** How often a place has throttled in a row, and between which times it isn't asked: a clock that is set back ends it. */
    private record Backoff(int times, Instant from, Instant until) {
        boolean covers(Instant now) {
            return !now.isBefore(from) && now.isBefore(until);
        }
    }

    @Inject
    public TerminationPoll(
            Pool pool,
            SessionPool sessions,
            EnrolConfig config,
            InstanceCalls calls,
            @ConfigProperty(name = "mesos-iam.channel.controller-id") Optional<String> controllerId,
            InstantSource clock,
            MeterRegistry meters) {
        this.wanted = InstanceConditions.of(config.ec2()).allowAny();
        this.interval = config.ec2().pollInterval();
        this.table = new InstanceTable(pool, ControllerId.of(controllerId).value());
        this.calls = calls;
        this.lock = new SessionLock(sessions, "mesos-iam instance poll", LOCK_LIMIT);
        this.clock = clock;
        this.last = clock.instant();
        this.meters = meters;
        Stream.of("complete", "partial")
                .forEach(outcome -> counter(POLLS, "Polls of EC2 for the states of instances", "outcome", outcome));
        Stream.of("throttled", "unavailable", "implausible")
                .forEach(reason ->
                        counter(FAILURES, "Calls of these polls without an answer that counts", "reason", reason));
        Gauge.builder("mesosiam.instance.poll.age", this, TerminationPoll::ageSeconds)
                .description(
                        "Time since the last complete poll of this controller, or since its start; NaN if none is wanted")
                .baseUnit("seconds")
                .register(meters);
        Gauge.builder("mesosiam.instances.unknown", this, poll -> poll.unknown)
                .description("Enrolled instances that EC2 does not know, on the controller that polls")
                .register(meters);
    }

    private void counter(String name, String description, String tag, String value) {
        Counter unused =
                Counter.builder(name).description(description).tag(tag, value).register(meters);
    }

    /** Starts polling, if hosts can enrol by an instance. */
    public void start() {
        if (wanted) {
            thread = Thread.ofVirtual().name("instance-poll").start(() -> loop.run(() -> !closed, this::turn));
        }
    }

    /** The loop, for metrics and readiness. */
    public Loop loop() {
        return loop;
    }

    /** A message for operators if the last complete poll of this controller is long ago; otherwise empty. */
    public Optional<String> trouble() {
        Duration late = interval.multipliedBy(LATE_POLLS);
        return complete.map(at -> Duration.between(at, clock.instant()))
                .filter(age -> age.compareTo(late.compareTo(LATE) > 0 ? late : LATE) > 0)
                .map(age -> "EC2 has not stated all instances for " + age.toMinutes()
                        + " minutes: the leases of terminated ones don't end. The log says why");
    }

    private double ageSeconds() {
        return wanted ? Duration.between(last, clock.instant()).toMillis() / 1000.0 : Double.NaN;
    }

    private void turn() throws InterruptedException {
        if (clock.instant().isBefore(last)) {
            last = clock.instant(); // the clock was set back
        }
        if (lock.tryAcquire() != SessionLock.State.OURS) {
            complete = Optional.empty();
            unknown = 0;
            Thread.sleep(PAUSE);
            return;
        }
        if (complete.isEmpty() || clock.instant().isBefore(complete.get())) {
            // the age counts from here, also if the clock was set back
            complete = Optional.of(clock.instant());
        }
        try {
            poll();
        } catch (RuntimeException e) {
            if (!NoAnswer.is(e)) {
                throw e;
            }
            warn("database", "the database does not answer: " + PlainReason.of(e));
        }
        Thread.sleep(interval);
    }

    /** Asks for all once. {@return whether all answers count} */
    boolean poll() throws InterruptedException {
        Map<Place, List<Enrolled>> places = table.open().stream()
                .collect(Collectors.groupingBy(
                        Enrolled::place,
                        () -> new TreeMap<>((a, b) -> a.toString().compareTo(b.toString())),
                        Collectors.toList()));
        boolean all = true;
        long missing = 0;
        for (Map.Entry<Place, List<Enrolled>> place : places.entrySet()) {
            for (int from = 0; from < place.getValue().size(); from += InstanceCalls.MOST) {
                List<Enrolled> batch = place.getValue()
                        .subList(
                                from,
                                Math.min(
                                        from + InstanceCalls.MOST,
                                        place.getValue().size()));
                Optional<Long> counted =
                        isHeldBack(place.getKey()) ? Optional.empty() : attempted(place.getKey(), batch);
                all &= counted.isPresent();
                missing += counted.orElse(0L);
                Thread.sleep(BETWEEN_CALLS);
            }
        }
        meters.counter(POLLS, "outcome", all ? "complete" : "partial").increment();
        unknown = missing;
        if (all) {
            last = clock.instant();
            complete = Optional.of(last);
        }
        return all;
    }

    private boolean isHeldBack(Place place) {
        Backoff backoff = throttled.get(place);
        return backoff != null && backoff.covers(clock.instant());
    }

    /** A batch that fails, such as at the lock of another program, keeps no other batch from its turn. */
    private Optional<Long> attempted(Place place, List<Enrolled> batch) {
        try {
            return asked(place, batch);
        } catch (RuntimeException e) {
            if (NoAnswer.is(e)) {
                warn("database", "the database does not answer: " + PlainReason.of(e));
            } else {
                loop.failedPart(e);
            }
            return Optional.empty();
        }
    }

    /** Returns how many EC2 doesn't know; empty if its answer does not count. */
    private Optional<Long> asked(Place place, List<Enrolled> batch) {
        Set<String> ids = batch.stream().map(Enrolled::instanceId).collect(Collectors.toSet());
        return switch (calls.describe(place, ids)) {
            case Answer.Described(var described) -> {
                throttled.remove(place);
                List<Change> changes = StateChanges.of(batch, described);
                if (!changes.isEmpty()) {
                    table.write(changes);
                    changes.forEach(TerminationPoll::log);
                }
                yield Optional.of((long) (batch.size() - described.size()));
            }
            case Answer.Unavailable(String reason, boolean isThrottled) -> {
                if (isThrottled) {
                    int times = Optional.ofNullable(throttled.get(place))
                                    .map(Backoff::times)
                                    .orElse(0)
                            + 1;
                    Instant now = clock.instant();
                    throttled.put(place, new Backoff(times, now, now.plus(THROTTLED.after(times))));
                }
                failed(place, isThrottled ? "throttled" : "unavailable", reason);
                yield Optional.empty();
            }
            case Answer.Implausible(String reason) -> {
                failed(place, "implausible", reason);
                yield Optional.empty();
            }
        };
    }

    private void failed(Place place, String kind, String reason) {
        meters.counter(FAILURES, "reason", kind).increment();
        warn(place + " " + kind, place + ": " + reason);
    }

    private void warn(String key, String reason) {
        repeated.due(key, clock.instant())
                .ifPresent(
                        times -> LOG.warnf("states of instances not known reason=\"%s\" repeated=%d", reason, times));
    }

    private static void log(Change change) {
        Enrolled instance = change.instance();
        if (change.isTermination()) {
            LOG.infof(
                    "instance terminated, its host is evicted instance=%s/%s hostname=%s",
                    instance.place(), instance.instanceId(), instance.hostname());
        } else if (change.state().equals(StateChanges.UNKNOWN)) {
            LOG.warnf(
                    "instance unknown to EC2, nothing ends instance=%s/%s hostname=%s",
                    instance.place(), instance.instanceId(), instance.hostname());
        } else {
            LOG.infof(
                    "instance state changed instance=%s/%s hostname=%s state=%s",
                    instance.place(), instance.instanceId(), instance.hostname(), change.state());
        }
    }

    @Override
    public void close() {
        closed = true;
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
        lock.close();
    }
}
