package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.Launch;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The withdrawals that stand: those in the table, and those made here whose rows are still on their way. Not for several
 * threads at once.
 */
final class Withdrawals {
    private Set<Withdrawal> rows = Set.of();
    private final Set<Withdrawal> made = new HashSet<>();
    private final WithdrawalIndex standing = new WithdrawalIndex();

    /** {@return the rows that were added and those that are gone} */
    WithdrawalIndex replace(Collection<Withdrawal> inTable) {
        Set<Withdrawal> before = rows;
        rows = Set.copyOf(inTable);
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
        boolean inTable = standing.besides(withdrawal).stream()
                .anyMatch(other -> rows.contains(other) && other.unsigned().equals(withdrawal));
        if (!inTable && made.add(withdrawal)) {
            standing.add(withdrawal);
        }
    }

    List<Withdrawal> of(Launch launch) {
        return standing.of(launch);
    }

    /** The one in the table that covers a lease; not those that were made here a moment ago. */
    Optional<Withdrawal> inTable(LeaseKey key) {
        return of(key.launch()).stream()
                .filter(withdrawal -> !made.contains(withdrawal) && withdrawal.covers(key))
                .findFirst();
    }
}
