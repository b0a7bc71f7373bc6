package io.mesosiam.lease.simulation;

import io.mesosiam.lease.AuditEvent;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseRows;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.MesosAgentId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The tables in memory: rows, epochs, withdrawals and the audit trail, with PostgreSQL's constraints. */
public final class JournalInMemory implements LeaseRows {
    public final Map<LeaseId, Lease> rows = new LinkedHashMap<>();
    public final Map<MesosAgentId, Long> epochs = new HashMap<>();
    public final List<Withdrawal> withdrawals = new ArrayList<>();
    public final List<AuditEvent> trail = new ArrayList<>();
    public boolean open = true;

    /** The number of expected entries from which the journal is closed. */
    public int expectedLimit = Integer.MAX_VALUE;

    @Override
    public List<Lease> live(MesosAgentId host) {
        return live().stream().filter(lease -> lease.host().equals(host)).toList();
    }

    public List<Lease> live() {
        return rows.values().stream().filter(Lease::isLive).toList();
    }

    @Override
    public Set<LeaseId> recorded(Set<LeaseId> leases) {
        return leases.stream().filter(rows::containsKey).collect(Collectors.toSet());
    }

    public long claim(MesosAgentId host) {
        return epochs.merge(host, 1L, Long::sum);
    }

    /** A journal for one controller. */
    public Journal journal() {
        return new Journal() {
            private BiConsumer<MesosAgentId, Long> outdated = (_, _) -> {};
            private Consumer<LeaseId> over = _ -> {};

            @Override
            public void claimed(MesosAgentId host, long epoch, boolean continued) {
                // No entries are queued here.
            }

            @Override
            public void claimBegins(MesosAgentId host) {
                // No entries are queued here.
            }

            @Override
            public void claimEnds(MesosAgentId host) {
                // No entries are queued here.
            }

            @Override
            public void onFenced(BiConsumer<MesosAgentId, Long> listener) {
                outdated = listener;
            }

            @Override
            public void onEnded(Consumer<LeaseId> listener) {
                over = listener;
            }

            @Override
            public boolean isOpen(int expected) {
                return open && expected < expectedLimit;
            }

            @Override
            public void write(Entry entry) {
                switch (entry) {
                    case Entry.Changed changed -> {
                        if (isCurrent(changed.lease().host(), changed.epoch())) {
                            if (!put(changed.lease()) && changed.lease().isLive()) {
                                over.accept(changed.lease().id());
                            }
                            trail.add(changed.event());
                        }
                    }
                    case Entry.Ended ended -> {
                        Lease row = rows.get(ended.lease().id());
                        if (row != null && row.isLive()) {
                            rows.put(row.id(), ended.lease());
                            trail.add(ended.event());
                        }
                    }
                    case Entry.Noted noted -> {
                        if (isCurrent(noted.host(), noted.epoch())) {
                            trail.add(noted.event());
                        }
                    }
                    case Entry.Withdrawn withdrawn -> {
                        if (isCurrent(withdrawn.host(), withdrawn.epoch())) {
                            withdrawals.add(withdrawn.withdrawal());
                            trail.add(withdrawn.event());
                        }
                    }
                }
            }

            private boolean isCurrent(MesosAgentId host, long epoch) {
                boolean current = epochs.getOrDefault(host, 0L) == epoch;
                if (!current) {
                    outdated.accept(host, epoch);
                }
                return current;
            }
        };
    }

    /**
     * A row keeps the number of the launch with which it was inserted.
     *
     * @return false if it has ended
     */
    private boolean put(Lease changed) {
        Lease before = rows.get(changed.id());
        if (before != null && !before.isLive()) {
            return false;
        }
        Lease lease = before == null ? changed : changed.renumbered(before.launch());
        live().stream()
                .filter(other -> lease.isLive() && !other.id().equals(lease.id()))
                .filter(other -> other.key().equals(lease.key()) || isSamePlace(other, lease))
                .findFirst()
                .ifPresent(other -> {
                    throw new AssertionError("two live leases: " + other + " and " + lease);
                });
        rows.put(lease.id(), lease);
        return true;
    }

    public static boolean isSamePlace(Lease one, Lease other) {
        return one.container().isPresent()
                && one.container().equals(other.container())
                && one.host().equals(other.host())
                && one.name().equals(other.name());
    }
}
