package io.mesosiam.channel.handshake;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.http.ConnectionSource;
import io.mesosiam.turns.FourthTurn;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Limits concurrent TLS handshakes and shares them fairly among sources. A connection is accepted, requests a slot when
 * its first record is complete, waits until it gets one, and leaves when its handshake has ended. Slots are given to
 * the sources in turn, and within a source in the order of requests. A source is late after one of its handshakes
 * stalled or failed slowly, until one succeeds; {@link LateSources} says for how long without a connection. While other
 * sources wait, all late sources together get every {@link #LATE_SHARE}th slot. Among the other sources, those of awaited
 * connections come first, and the rest get every fourth slot: a source of many awaited connections is one of
 * many that take turns, as before.
 *
 * <p>While connections wait, running handshakes that stall are ended: see {@link #toEnd}.
 *
 * <p>A source can hold only some of the slots. When too many connections are open, the source that has most of them
 * loses one; of several, the source that has had so many for longest. So a source that opens many connections, silent or not,
 * delays only itself.
 *
 * @param <C> a connection, with identity
 */
final class HandshakeSlots<C> {
    /** Late sources include hosts that share an address with an attacker: they get fewer slots, not none. */
    static final int LATE_SHARE = 4;

    private final Handshakes.Limits limits;
    private final InstantSource clock;

    @GuardedBy("this")
    private final Map<ConnectionSource, Group<C>> groups = new HashMap<>();

    @GuardedBy("this")
    private final SourcesBySize idle = new SourcesBySize();

    /** Sources that are not late, and whose last request was awaited. */
    @GuardedBy("this")
    private final SequencedSet<ConnectionSource> awaitedTurns = new LinkedHashSet<>();

    /** Sources that are neither late nor awaited; served when no awaited one can use a slot, and after each three of these. */
    @GuardedBy("this")
    private final SequencedSet<ConnectionSource> turns = new LinkedHashSet<>();

    @GuardedBy("this")
    private final LateSources remembered = new LateSources();

    /** Late sources; served when no other source can use a slot, and after {@link #LATE_SHARE} - 1 slots of others. */
    @GuardedBy("this")
    private final SequencedSet<ConnectionSource> lateTurns = new LinkedHashSet<>();

    /** Slots given to others while a late source could use them, since a late source last got one. */
    @GuardedBy("this")
    private int passedOver;

    /** A peer can share its address with an awaited one: the rest get fewer slots, not none. */
    @GuardedBy("this")
    private final FourthTurn sharedTurns = new FourthTurn();

    @GuardedBy("this")
    private int open;

    @GuardedBy("this")
    private int running;

    /** The connections of one source, each in one set; oldest first. */
    private static final class Group<C> {
        final SequencedSet<C> silent = new LinkedHashSet<>();
        final SequencedSet<C> waiting = new LinkedHashSet<>();
        final SequencedSet<C> running = new LinkedHashSet<>();
        boolean late;
        boolean awaited;

        int idle() {
            return silent.size() + waiting.size();
        }

        boolean isEmpty() {
            return idle() == 0 && running.isEmpty();
        }
    }

    HandshakeSlots(Handshakes.Limits limits, InstantSource clock) {
        this.limits = limits;
        this.clock = clock;
    }

    /**
     * Adds a new connection.
     *
     * @return the connection to close if too many are open: of the source with most of them, the connection that has
     *     been silent for longest, else the most recent waiting one. It is already removed.
     */
    synchronized Optional<C> accept(ConnectionSource source, C connection) {
        Group<C> group = groups.computeIfAbsent(source, this::newGroup);
        group.silent.add(connection);
        idle.set(source, group.idle());
        open++;
        return open > limits.open() ? Optional.of(removeFromLargest()) : Optional.empty();
    }

    /**
     * Requests a slot, after the first record of the connection has arrived.
     *
     * @param awaited whether a task waits for the host at the connection's address
     * @return the connections whose handshake begins now
     */
    synchronized List<C> request(ConnectionSource source, C connection, boolean awaited) {
        Group<C> group = groups.get(source);
        if (group != null && group.silent.remove(connection)) {
            group.waiting.add(connection);
            if (group.awaited != awaited) {
                turns(group).remove(source);
                group.awaited = awaited;
            }
            turns(group).add(source);
        }
        return fill();
    }

    /**
     * Removes a connection whose handshake has ended, or that was closed. Has no effect if it is already removed.
     *
     * @return the connections whose handshake begins now
     */
    synchronized List<C> leave(ConnectionSource source, C connection) {
        Group<C> group = groups.get(source);
        if (group != null) {
            if (group.running.remove(connection)) {
                running--;
                open--;
            } else if (group.silent.remove(connection) || group.waiting.remove(connection)) {
                open--;
            }
            removed(source, group);
        }
        return fill();
    }

    @GuardedBy("this")
    private Group<C> newGroup(ConnectionSource source) {
        Group<C> group = new Group<>();
        group.late = remembered.contains(source, clock.instant());
        return group;
    }

    /** Records that a handshake of the source stalled, or failed after the peer took long: the source is late. */
    synchronized void stalled(ConnectionSource source) {
        remembered.add(source, clock.instant());
        markLate(source, true);
    }

    /** Records that a handshake of the source succeeded. */
    synchronized void succeeded(ConnectionSource source) {
        remembered.remove(source);
        markLate(source, false);
    }

    @GuardedBy("this")
    private void markLate(ConnectionSource source, boolean late) {
        Group<C> group = groups.get(source);
        if (group != null && group.late != late) {
            boolean waits = turns(group).remove(source);
            group.late = late;
            if (waits) {
                turns(group).add(source);
            }
        }
    }

    /**
     * The running handshakes to end so that waiting ones can begin: at most as many as wait, the longest stalls first.
     * If a source holds all the slots that it may have, only its own handshakes are ended for its waiting connections.
     * The caller ends them and calls {@link #leave}.
     *
     * @param stall the time by which a running handshake exceeds its limits; empty if it is within them
     */
    synchronized List<C> toEnd(Function<C, Optional<Duration>> stall) {
        Set<C> ended = new LinkedHashSet<>();
        int elsewhere = 0;
        for (ConnectionSource source : Stream.of(awaitedTurns, turns, lateTurns)
                .flatMap(SequencedSet::stream)
                .toList()) {
            Group<C> group = group(source);
            if (group.running.size() == limits.runningPerSource()) {
                ended.addAll(longestStalls(group.running.stream(), stall, group.waiting.size()));
            } else {
                elsewhere += Math.min(group.waiting.size(), limits.runningPerSource() - group.running.size());
            }
        }
        Stream<C> others = groups.values().stream().flatMap(group -> group.running.stream());
        ended.addAll(longestStalls(others.filter(c -> !ended.contains(c)), stall, elsewhere));
        return List.copyOf(ended);
    }

    private static <C> List<C> longestStalls(Stream<C> running, Function<C, Optional<Duration>> stall, int most) {
        record Stalled<C>(C connection, Duration time) {}
        return running.flatMap(c -> stall.apply(c).map(time -> new Stalled<>(c, time)).stream())
                .sorted(Comparator.comparing(Stalled<C>::time).reversed())
                .limit(most)
                .map(Stalled::connection)
                .toList();
    }

    /** Number of running handshakes. */
    synchronized int running() {
        return running;
    }

    /** Number of connections whose handshake has not ended: silent, waiting and running ones. */
    synchronized int open() {
        return open;
    }

    /** Number of sources with an open connection. */
    synchronized int sources() {
        return groups.size();
    }

    @GuardedBy("this")
    private C removeFromLargest() {
        ConnectionSource largest = idle.largest();
        Group<C> group = group(largest);
        C removed = group.silent.isEmpty() ? group.waiting.removeLast() : group.silent.removeFirst();
        open--;
        removed(largest, group);
        return removed;
    }

    @GuardedBy("this")
    private void removed(ConnectionSource source, Group<C> group) {
        idle.set(source, group.idle());
        if (group.waiting.isEmpty()) {
            turns(group).remove(source);
        }
        if (group.isEmpty()) {
            groups.remove(source);
        }
    }

    @GuardedBy("this")
    private List<C> fill() {
        List<C> begun = new ArrayList<>();
        Optional<ConnectionSource> next = next();
        while (next.isPresent()) {
            begun.add(begin(next.get()));
            next = next();
        }
        return begun;
    }

    @GuardedBy("this")
    private Optional<ConnectionSource> next() {
        if (running == limits.running()) {
            return Optional.empty();
        }
        Optional<ConnectionSource> late = first(lateTurns);
        Optional<ConnectionSource> rest = first(turns);
        Optional<ConnectionSource> awaited =
                first(awaitedTurns).filter(_ -> sharedTurns.isUrgent(true, rest.isPresent()));
        Optional<ConnectionSource> other = awaited.or(() -> rest);
        if (late.isPresent() && (other.isEmpty() || passedOver == LATE_SHARE - 1)) {
            passedOver = 0;
            return late;
        }
        passedOver += late.isPresent() ? 1 : 0;
        sharedTurns.taken(awaited.isPresent(), rest.isPresent());
        return other;
    }

    /** At most running/runningPerSource sources are skipped. */
    @GuardedBy("this")
    private Optional<ConnectionSource> first(SequencedSet<ConnectionSource> line) {
        for (ConnectionSource source : line) {
            if (group(source).running.size() < limits.runningPerSource()) {
                return Optional.of(source);
            }
        }
        return Optional.empty();
    }

    @GuardedBy("this")
    private C begin(ConnectionSource source) {
        Group<C> group = group(source);
        C first = group.waiting.removeFirst();
        group.running.add(first);
        idle.set(source, group.idle());
        running++;
        turns(group).remove(source);
        if (!group.waiting.isEmpty()) {
            turns(group).add(source);
        }
        return first;
    }

    @GuardedBy("this")
    private SequencedSet<ConnectionSource> turns(Group<C> group) {
        if (group.late) {
            return lateTurns;
        }
        return group.awaited ? awaitedTurns : turns;
    }

    @GuardedBy("this")
    private Group<C> group(ConnectionSource source) {
        return Optional.ofNullable(groups.get(source)).orElseThrow();
    }
}
