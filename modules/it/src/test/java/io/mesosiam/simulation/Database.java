package io.mesosiam.simulation;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseRows;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.store.ModelJournal;
import io.mesosiam.mesos.KnownLaunch;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.ownership.Claim;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** The tables of leases, claims and withdrawals, with PostgreSQL's constraints. */
final class Database implements LeaseRows {
    /** The longest time whose commits can be lost. */
    static final Duration LONGEST_LOSS = Duration.ofSeconds(30);

    boolean up = true;

    /** Whether answers of transactions are sometimes lost. */
    boolean losesAnswers;

    /** Controllers whose journals can't write, although the database answers everything else. */
    final Set<String> stalled = new HashSet<>();

    final List<Withdrawal> withdrawals = new ArrayList<>();
    final Set<MesosAgentId> evicted = new HashSet<>();
    private final Scheduler scheduler;
    private final Map<LeaseId, Lease> rows = new LinkedHashMap<>();
    private final Map<LeaseId, Lease> reaped = new HashMap<>();
    private final Map<MesosAgentId, Map.Entry<Long, String>> claims = new HashMap<>();
    private final Set<UUID> written = new HashSet<>();

    /** How to undo the latest changes, the last one first. Empty if no commit is ever lost. */
    private final Deque<Change> changes = new ArrayDeque<>();

    private final boolean losesCommits;

    /** Leases whose end was lost. */
    private final Set<LeaseId> revived = new HashSet<>();

    /**
     * Those of hosts whose rows no controller has read since: no controller knows that their rows are live again. A process that
     * claims a host again which no other has had continues what it remembers, and reads no rows.
     */
    private final Set<LeaseId> unnoticed = new HashSet<>();

    /** @param at when it was committed, in microseconds since the start */
    private record Change(long at, Runnable undo) {}

    /** @param losesCommits whether {@link #loseCommits} is called */
    Database(Scheduler scheduler, boolean losesCommits) {
        this.scheduler = scheduler;
        this.losesCommits = losesCommits;
    }

    // ---- a failover to a standby that has not the latest commits

    /** Undoes what was committed in this time, but for withdrawals and evictions, which operators repeat. */
    void loseCommits(Duration time) {
        long since = scheduler.micros() - time.toNanos() / 1000;
        while (!changes.isEmpty() && changes.peek().at > since) {
            changes.pop().undo.run();
        }
        changes.clear();
    }

    private void committed(Runnable undo) {
        if (losesCommits) {
            changes.push(new Change(scheduler.micros(), undo));
            while (changes.peekLast().at < scheduler.micros() - LONGEST_LOSS.toNanos() / 1000) {
                changes.removeLast();
            }
        }
    }

    private static <K, V> Runnable restores(Map<K, V> map, K key) {
        V before = map.get(key);
        return () -> {
            if (before == null) {
                map.remove(key);
            } else {
                map.put(key, before);
            }
        };
    }

    void requireUp() {
        if (!up) {
            throw new IllegalStateException("the database is away");
        }
    }

    // ---- claims

    boolean isClaimed(MesosAgentId host) {
        return claims.containsKey(host);
    }

    /**
     * Takes the next epoch of a host.
     *
     * @param servedUnder the epoch under which the agent was served last, as it says
     */
    Claim claim(MesosAgentId host, String controller, OptionalLong servedUnder) {
        Optional<Map.Entry<Long, String>> before = Optional.ofNullable(claims.get(host));
        long recorded = before.map(Map.Entry::getKey).orElse(0L);
        boolean isLost = servedUnder.orElse(0) > recorded;
        long epoch = 1 + (isLost ? servedUnder.getAsLong() : recorded);
        committed(restores(claims, host));
        claims.put(host, Map.entry(epoch, controller));
        return new Claim(
                epoch,
                false,
                false,
                !isLost && before.map(it -> it.getValue().equals(controller)).orElse(true));
    }

    // ---- leases

    /** The live rows that a controller knows of. */
    List<Lease> noticed() {
        return rows.values().stream()
                .filter(lease -> !unnoticed.contains(lease.id()))
                .toList();
    }

    List<Lease> live() {
        return List.copyOf(rows.values());
    }

    /** The lease's row, which may have ended; empty if it was never written. */
    Optional<Lease> row(LeaseId lease) {
        return Optional.ofNullable(rows.get(lease)).or(() -> Optional.ofNullable(reaped.get(lease)));
    }

    @Override
    public List<Lease> live(MesosAgentId host) {
        requireUp();
        List<Lease> read = rows.values().stream()
                .filter(lease -> lease.host().equals(host))
                .toList();
        read.forEach(lease -> unnoticed.remove(lease.id()));
        return read;
    }

    @Override
    public Set<LeaseId> recorded(Set<LeaseId> leases) {
        requireUp();
        return leases.stream()
                .filter(id -> rows.containsKey(id) || reaped.containsKey(id))
                .collect(Collectors.toSet());
    }

    /** For each task key the last launch that a live lease names. */
    List<KnownLaunch> known() {
        Map<TaskKey, KnownLaunch> known = new LinkedHashMap<>();
        rows.values()
                .forEach(lease -> known.merge(
                        lease.launch().key(),
                        new KnownLaunch(lease.launch(), lease.container(), lease.witnessed()),
                        Database::later));
        return List.copyOf(known.values());
    }

    private static KnownLaunch later(KnownLaunch one, KnownLaunch other) {
        Launch first = one.launch();
        Launch second = other.launch();
        if (first.sequence() != second.sequence()) {
            return first.sequence() > second.sequence() ? one : other;
        }
        return one.container().isPresent() ? one : other;
    }

    // ---- the transaction of a journal

    /** The tables as the journal of one controller writes them. */
    ModelJournal.Tables writtenBy(String controller) {
        return new ModelJournal.Tables() {
            @Override
            public void begin() {
                requireUp();
                if (stalled.contains(controller)) {
                    throw new IllegalStateException("the journal's transactions take too long");
                }
            }

            @Override
            public Optional<Map.Entry<Long, String>> claim(MesosAgentId host) {
                return Optional.ofNullable(claims.get(host));
            }

            @Override
            public boolean isWritten(UUID entry) {
                return written.contains(entry);
            }

            @Override
            public void wrote(UUID entry) {
                committed(() -> written.remove(entry));
                written.add(entry);
            }

            @Override
            public void upsert(Lease lease) {
                requireClaim(lease.host(), controller);
                Database.this.upsert(lease);
            }

            @Override
            public boolean hasEnded(LeaseId lease) {
                return reaped.containsKey(lease);
            }

            @Override
            public boolean end(Lease lease) {
                return Database.this.end(lease);
            }

            @Override
            public void withdraw(Withdrawal withdrawal) {
                withdrawals.add(withdrawal);
            }

            @Override
            public boolean commit() {
                return !losesAnswers || !scheduler.oneIn(4);
            }
        };
    }

    private void requireClaim(MesosAgentId host, String controller) {
        if (!owner(host).equals(Optional.of(controller))) {
            throw new Violation(controller + " writes a lease of " + host + ", which " + owner(host) + " has claimed");
        }
    }

    /** The controller that has the latest claim of a host. */
    Optional<String> owner(MesosAgentId host) {
        return Optional.ofNullable(claims.get(host)).map(Map.Entry::getValue);
    }

    /** A row keeps the launch with which it was inserted. */
    private void upsert(Lease changed) {
        Lease before = rows.get(changed.id());
        Lease lease = before == null ? changed : changed.renumbered(before.launch());
        if (reaped.containsKey(lease.id()) || (before != null && before.revision() > lease.revision())) {
            return;
        }
        if (!lease.isLive()) {
            ended(lease);
            return;
        }
        // a row that is live again because its end was lost gives its place up
        rows.values().stream()
                .filter(other -> revived.contains(other.id()) && isInTheWay(other, lease))
                .toList()
                .forEach(this::ended);
        for (Lease other : rows.values()) {
            if (isInTheWay(other, lease)) {
                throw new Violation("two live leases in the table: " + other + " and " + lease);
            }
        }
        committed(restores(rows, lease.id()));
        rows.put(lease.id(), lease);
    }

    private static boolean isInTheWay(Lease other, Lease lease) {
        return !other.id().equals(lease.id()) && (other.key().equals(lease.key()) || isSamePlace(other, lease));
    }

    private void ended(Lease lease) {
        LeaseId id = lease.id();
        boolean wasLive = rows.containsKey(id);
        Runnable live = restores(rows, id);
        Runnable over = restores(reaped, id);
        committed(() -> {
            live.run();
            over.run();
            if (wasLive) {
                revived.add(id);
                unnoticed.add(id);
            }
        });
        rows.remove(id);
        reaped.put(id, lease);
    }

    private static boolean isSamePlace(Lease one, Lease other) {
        return one.container().isPresent()
                && one.container().equals(other.container())
                && one.host().equals(other.host())
                && one.name().equals(other.name());
    }

    /** {@return whether the lease had a live row} */
    private boolean end(Lease lease) {
        boolean live = rows.containsKey(lease.id());
        if (live) {
            ended(lease);
        }
        return live;
    }
}
