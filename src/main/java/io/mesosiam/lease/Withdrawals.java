package io.mesosiam.lease;

import io.mesosiam.mesos.Launch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The withdrawals that stand: those in the table, and those made here whose rows are still on their way. Not for several
 * threads at once.
 */
final class Withdrawals {
    private Set<Withdrawal> rows = Set.of();
    private final Set<Withdrawal> made = new HashSet<>();
    private final Map<Launch, List<Withdrawal>> ofOneLaunch = new HashMap<>();
    private final List<Withdrawal> wide = new ArrayList<>();

    void replace(Collection<Withdrawal> inTable) {
        rows = Set.copyOf(inTable);
        rows.forEach(row -> made.remove(row.unsigned()));
        ofOneLaunch.clear();
        wide.clear();
        rows.forEach(this::file);
        made.forEach(this::file);
    }

    void add(Withdrawal withdrawal) {
        if (rows.stream().noneMatch(row -> row.unsigned().equals(withdrawal)) && made.add(withdrawal)) {
            file(withdrawal);
        }
    }

    List<Withdrawal> of(Launch launch) {
        return Stream.concat(
                        ofOneLaunch.getOrDefault(launch, List.of()).stream(),
                        wide.stream().filter(withdrawal -> withdrawal.touches(launch)))
                .toList();
    }

    /** The one in the table that covers a lease; not those that were made here a moment ago. */
    Optional<Withdrawal> inTable(LeaseKey key) {
        return of(key.launch()).stream()
                .filter(withdrawal -> !made.contains(withdrawal) && withdrawal.covers(key))
                .findFirst();
    }

    private void file(Withdrawal withdrawal) {
        withdrawal
                .onlyLaunch()
                .map(launch -> ofOneLaunch.computeIfAbsent(launch, _ -> new ArrayList<>()))
                .orElse(wide)
                .add(withdrawal);
    }
}
