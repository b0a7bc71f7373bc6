package io.mesosiam.lease.store;

import io.mesosiam.lease.LeaseKey;
import io.mesosiam.postgres.WriteFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The entries that wait to be written: one main lane, and a separate lane for each host or table whose entries the
 * database does not accept now. Entries of one lease key keep their order. Not thread-safe: {@link BatchedJournal}
 * holds the lock.
 */
final class JournalQueue {
    private final InstantSource clock;
    private final JournalLane main;
    private final Map<JournalHold, JournalLane> held = new LinkedHashMap<>();
    private final Map<LeaseKey, JournalLane> heldKeys = new HashMap<>();

    JournalQueue(InstantSource clock) {
        this.clock = clock;
        this.main = new JournalLane(Optional.empty(), clock.instant());
    }

    JournalLane main() {
        return main;
    }

    void add(QueuedEntry entry) {
        JournalLane lane = laneOf(entry);
        lane.entries().addLast(entry);
        if (lane != main) {
            heldKeys.put(entry.key(), lane);
        }
    }

    private JournalLane laneOf(QueuedEntry entry) {
        JournalLane byKey = heldKeys.get(entry.key());
        if (byKey != null) {
            return byKey;
        }
        JournalLane ofHost = held.get(new JournalHold.Host(entry.host()));
        return ofHost != null ? ofHost : held.getOrDefault(entry.table(), main);
    }

    /** Moves the entries that the hold covers to a separate lane: first the given ones, then those in the main lane. */
    void hold(JournalHold hold, List<QueuedEntry> first) {
        JournalLane lane = held.computeIfAbsent(hold, it -> {
            JournalLane made = new JournalLane(Optional.of(it), clock.instant());
            made.postpone();
            return made;
        });
        for (QueuedEntry entry : first) {
            lane.entries().addLast(entry);
            heldKeys.put(entry.key(), lane);
        }
        for (Iterator<QueuedEntry> all = main.entries().iterator(); all.hasNext(); ) {
            QueuedEntry entry = all.next();
            if (hold.covers(entry) || heldKeys.get(entry.key()) == lane) {
                all.remove();
                lane.entries().addLast(entry);
                heldKeys.put(entry.key(), lane);
            }
        }
    }

    /**
     * Updates the lanes after a transaction has taken the first entries of a lane. While rows stay locked, the pause
     * before each attempt grows.
     *
     * @param locked those of the entries that were not written, because rows of their hosts are locked
     */
    void taken(JournalLane lane, int count, List<QueuedEntry> locked) {
        lane.taken(count);
        if (locked.isEmpty()) {
            lane.resetPause();
            return;
        }
        if (lane == main) {
            locked.stream()
                    .collect(Collectors.groupingBy(QueuedEntry::host, LinkedHashMap::new, Collectors.toList()))
                    .forEach((host, entries) -> hold(new JournalHold.Host(host), entries));
        } else {
            lane.putBack(locked);
            lane.postpone();
        }
    }

    /**
     * Postpones a separate lane that can't be written yet. If the reason has changed, its entries are assigned to lanes
     * again.
     */
    void waitLonger(JournalLane lane, WriteFailure failure) {
        boolean sameReason =
                lane.hold().filter(JournalHold.Host.class::isInstance).isPresent() == (failure == WriteFailure.LOCKED);
        if (sameReason) {
            lane.postpone();
        } else {
            release(lane);
        }
    }

    /** Ends a hold: the remaining entries of its lane return to the front of the main lane. */
    private void release(JournalLane lane) {
        main.putBack(List.copyOf(lane.entries()));
        lane.entries().clear();
        forget(lane);
    }

    /** Removes an empty lane. */
    void forget(JournalLane lane) {
        lane.hold().ifPresent(hold -> {
            if (lane.entries().isEmpty() && held.remove(hold, lane)) {
                boolean _ = heldKeys.values().removeIf(it -> it == lane);
            }
        });
    }

    /**
     * The lanes to write now.
     *
     * @param all whether to include lanes whose pause has not ended
     */
    List<JournalLane> due(boolean all) {
        List<JournalLane> due = new ArrayList<>();
        if (!main.entries().isEmpty()) {
            due.add(main);
        }
        held.values().stream().filter(lane -> all || lane.nanosUntilDue() <= 0).forEach(due::add);
        return due;
    }

    /** Time until the first lane is due, in nanoseconds. */
    long nanosUntilDue() {
        return main.entries().isEmpty()
                ? held.values().stream()
                        .mapToLong(JournalLane::nanosUntilDue)
                        .min()
                        .orElse(Long.MAX_VALUE)
                : 0;
    }

    /** The longest pause among the separate lanes if their next attempt fails; zero if there are none. */
    Duration longestPause() {
        return held.values().stream()
                .map(JournalLane::nextPause)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    int size() {
        int size = main.entries().size();
        for (JournalLane lane : held.values()) {
            size += lane.entries().size();
        }
        return size;
    }

    /** The first entry of the main lane; empty if none waits there. */
    Optional<QueuedEntry> first() {
        return Optional.ofNullable(main.entries().peekFirst());
    }

    /** Since when entries of a whole table have been held; empty if none are. */
    Optional<Instant> tableHeldSince() {
        return held.entrySet().stream()
                .filter(entry -> entry.getKey() instanceof JournalHold.Table)
                .map(entry -> entry.getValue().since())
                .min(Instant::compareTo);
    }

    /** Number of held entries by the hold's label. */
    Map<String, Long> heldByLabel() {
        return held.entrySet().stream()
                .collect(Collectors.groupingBy(
                        entry -> entry.getKey().label(),
                        Collectors.summingLong(
                                entry -> entry.getValue().entries().size())));
    }

    /** Descriptions of the holds, oldest first. */
    List<String> heldText() {
        return held.entrySet().stream()
                .map(entry -> entry.getKey().text() + " entries="
                        + entry.getValue().entries().size() + " since="
                        + entry.getValue().since())
                .toList();
    }
}
