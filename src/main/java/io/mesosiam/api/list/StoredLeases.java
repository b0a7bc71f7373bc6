package io.mesosiam.api.list;

import io.mesosiam.admin.ListColumn;
import io.mesosiam.admin.ListQuery;
import io.mesosiam.api.sight.Sight;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseRows;
import io.mesosiam.lease.LeaseSelection;
import io.mesosiam.lease.LeaseSelection.Column;
import io.mesosiam.lease.LeaseSelection.Position;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.PolicySet;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads the leases of a list from the table, a part at a time, for hosts that other controllers have.
 *
 * @param leases the list
 * @param sight the caller's
 * @param set the policies of that sight
 */
record StoredLeases(LeaseRows rows, MemoryList<Lease> leases, Sight sight, PolicySet set) {
    /** The most rows that are in memory at a time. */
    private static final int PART = 1000;

    /** Lists are read one at a time. */
    private static final Duration LONGEST_LIST = Duration.ofSeconds(20);

    /**
     * The leases on these hosts that a page is made of, and one more. Blocks.
     *
     * @throws IllegalStateException if the database can't be read now, or reading takes too long
     */
    List<Lease> first(ListParameters list, Set<MesosAgentId> hosts) {
        boolean isRead = !isOfSentences(list.query());
        long began = System.nanoTime();
        LeaseSelection selection = selection(list.query(), hosts, isRead);
        List<Lease> first = List.of();
        List<Lease> part = rows.select(selection);
        while (!part.isEmpty()) {
            first = leases.first(
                    list, Stream.concat(first.stream(), part.stream().filter(sight::sees)));
            if (isRead && first.size() > list.query().limit()) {
                return first;
            }
            if (System.nanoTime() - began > LONGEST_LIST.toNanos()) {
                throw new IllegalStateException("reading the leases of other controllers' hosts takes too long");
            }
            selection = selection.following(isRead ? position(list.query(), part.getLast()) : id(part.getLast()));
            part = rows.select(selection);
        }
        return first;
    }

    /** Whether the database can't select: the caller reads other reasons than rows have. */
    private boolean isOfSentences(ListQuery query) {
        return !sight.everything()
                && Stream.concat(Stream.of(query.sort()), query.equal().keySet().stream())
                        .anyMatch(column -> column(column) == Column.REASON);
    }

    private LeaseSelection selection(ListQuery query, Set<MesosAgentId> hosts, boolean isRead) {
        Map<Column, Optional<Comparable<?>>> equal = new HashMap<>();
        query.equal().forEach((column, value) -> {
            if (isRead || column(column) != Column.REASON) {
                equal.put(column(column), column.value(value));
            }
        });
        return new LeaseSelection(
                hosts,
                sight.everything() ? Optional.empty() : Optional.of(policies()),
                equal,
                isRead ? column(query.sort()) : Column.ID,
                isRead && query.descending(),
                query.after()
                        .filter(_ -> isRead)
                        .map(last -> new Position(
                                query.sort().value(last.value()), new LeaseId(UUID.fromString(last.id())))),
                // of a superset, any number can be left out
                isRead && sight.everything() ? Math.min(query.limit() + 1, PART) : PART);
    }

    /** A superset of those that the caller sees is enough, since each lease is looked at again. */
    private Set<UUID> policies() {
        return set.policies().stream()
                .filter(sight::sees)
                .map(policy -> policy.id().value())
                .collect(Collectors.toSet());
    }

    private Position position(ListQuery query, Lease lease) {
        return new Position(leases.value(query.sort(), lease), lease.id());
    }

    private static Position id(Lease lease) {
        return new Position(Optional.empty(), lease.id());
    }

    /** Fields of leases are named as their columns, but for the id. */
    private static Column column(ListColumn column) {
        return column.json().equals("leaseId")
                ? Column.ID
                : Column.valueOf(column.json().replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT));
    }
}
