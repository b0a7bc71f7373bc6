package io.mesosiam.policy.store;

import io.mesosiam.policy.bounds.Namespace;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.UUID;

/**
 * Which rows of table {@code policy} are too much for a controller's memory: the largest ones of the namespace that has most,
 * with those below it, until the rest fits. Other namespaces don't lose a row by it.
 *
 * @param bytes the most that all rows have together
 */
record PolicyBudget(long bytes) {
    /** A policy takes up to five times its {@link Size} in memory. */
    private static final int SHARE_OF_HEAP = 16;

    static PolicyBudget ofHeap() {
        return new PolicyBudget(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
    }

    /** The size of a row as PostgreSQL writes it, and more for each label, attribute and tag. */
    record Size(UUID id, String namespace, long bytes) {}

    /** The rows of one namespace that are still read, the largest first. */
    private static final class Rows {
        private final Deque<Size> rows = new ArrayDeque<>();
        private long bytes;

        long bytes() {
            return bytes;
        }

        void add(Size row) {
            rows.addLast(row);
            bytes += row.bytes();
        }

        Size omit() {
            Size row = rows.removeFirst();
            bytes -= row.bytes();
            return row;
        }
    }

    /** The rows that are not read. */
    Set<UUID> omitted(List<Size> rows) {
        long total = rows.stream().mapToLong(Size::bytes).sum();
        if (total <= bytes) {
            return Set.of();
        }
        Map<String, Rows> byName = new HashMap<>();
        rows.stream()
                .sorted(Comparator.comparingLong(Size::bytes).reversed().thenComparing(Size::id))
                .forEach(row -> byName.computeIfAbsent(Namespace.topmost(row.namespace()), _ -> new Rows())
                        .add(row));
        PriorityQueue<Rows> largest =
                new PriorityQueue<>(Comparator.comparingLong(Rows::bytes).reversed());
        largest.addAll(byName.values());
        Set<UUID> omitted = new HashSet<>();
        while (total > bytes) {
            Rows most = largest.remove();
            Size row = most.omit();
            omitted.add(row.id());
            total -= row.bytes();
            if (!most.rows.isEmpty()) {
                largest.add(most);
            }
        }
        return omitted;
    }
}
