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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** The tables of leases, claims and withdrawals, with PostgreSQL's constraints. */
final class Database implements LeaseRows {
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

    Database(Scheduler scheduler) {
        this.scheduler = scheduler;
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

    /** Takes the next epoch of a host. */
    Claim claim(MesosAgentId host, String controller) {
        Map.Entry<Long, String> before = claims.get(host);
        long epoch = before == null ? 1 : before.getKey() + 1;
        claims.put(host, Map.entry(epoch, controller));
        return new Claim(
                epoch, false, false, before == null || before.getValue().equals(controller));
    }

    // ---- leases

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
        return rows.values().stream().filter(lease -> lease.host().equals(host)).toList();
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
            rows.remove(lease.id());
            reaped.put(lease.id(), lease);
            return;
        }
        for (Lease other : rows.values()) {
            if (!other.id().equals(lease.id()) && (other.key().equals(lease.key()) || isSamePlace(other, lease))) {
                throw new Violation("two live leases in the table: " + other + " and " + lease);
            }
        }
        rows.put(lease.id(), lease);
    }

    private static boolean isSamePlace(Lease one, Lease other) {
        return one.container().isPresent()
                && one.container().equals(other.container())
                && one.host().equals(other.host())
                && one.name().equals(other.name());
    }

    /** {@return whether the lease had a live row} */
    private boolean end(Lease lease) {
        boolean live = rows.remove(lease.id()) != null;
        if (live) {
            reaped.put(lease.id(), lease);
        }
        return live;
    }
}
