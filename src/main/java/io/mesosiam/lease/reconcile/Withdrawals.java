package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The active withdrawals: those in the table, and those made here whose rows have not been written yet. Not
 * thread-safe.
 */
final class Withdrawals {
    private Set<Withdrawal> rows = Set.of();
    private final Set<Withdrawal> made = new HashSet<>();
    private final WithdrawalIndex standing = new WithdrawalIndex();

    /**
     * Replaces the withdrawals of the table.
     *
     * @return the rows that were added or removed
     */
    WithdrawalIndex replace(Collection<Withdrawal> inTable) {
        Set<Withdrawal> before = rows;
        rows = new LinkedHashSet<>(inTable);
        WithdrawalIndex difference = new WithdrawalIndex();
        before.stream().filter(row -> !rows.contains(row)).forEach(row -> {
            standing.remove(row);
            difference.add(row);
        });
        rows.stream().filter(row -> !before.contains(row)).forEach(row -> {
            if (made.remove(row.unsigned())) {
                standing.remove(row.unsigned());
            }
            standing.add(row);
            difference.add(row);
        });
        return difference;
    }

    void add(Withdrawal withdrawal) {
        boolean inTable = standing.withSameScope(withdrawal).stream()
                .anyMatch(other -> rows.contains(other) && other.unsigned().equals(withdrawal));
        if (!inTable && made.add(withdrawal)) {
            standing.add(withdrawal);
        }
    }

    /**
     * The credential names that withdrawals may cover on a host, to tasks that aren't known there: any task can be meant. An
     * empty name stands for all.
     */
    Set<Optional<CredentialName>> names(MesosAgentId host) {
        return Stream.concat(rows.stream(), made.stream())
                .filter(each -> each.agent().map(host::equals).orElse(true))
                .map(Withdrawal::name)
                .collect(Collectors.toSet());
    }

    /** The credential names that withdrawals may cover to these launches. An empty name stands for all. */
    Set<Optional<CredentialName>> names(Set<Launch> launches) {
        return launches.stream()
                .flatMap(launch -> of(launch).stream())
                .map(Withdrawal::name)
                .collect(Collectors.toSet());
    }

    List<Withdrawal> of(Launch launch) {
        return standing.of(launch);
    }

    /**
     * Returns a withdrawal in the table that covers the lease; those made here and not yet in the table are ignored.
     */
    Optional<Withdrawal> inTable(Lease lease) {
        return of(lease.launch()).stream()
                .filter(withdrawal -> !made.contains(withdrawal) && withdrawal.covers(lease))
                .findFirst();
    }
}
