package io.mesosiam.postgres;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The transactions of one kind that the database has not answered. Their callers may have given them up: they are not
 * cancelled, and each keeps a connection of the pool. Thread-safe.
 */
public final class UnansweredTransactions {
    /** Time after which an answer is no longer expected: if the server ends or a connection is lost, the answer can be, too. */
    private static final long FORGOTTEN_NANOS = Duration.ofMinutes(2).toNanos();

    private final int most;
    private final Map<Object, Long> since = new ConcurrentHashMap<>();

    /** @param most of these that there may be */
    public UnansweredTransactions(int most) {
        this.most = most;
    }

    /** Adds one, until {@link #answered}; empty if there are as many as there may be. */
    public Optional<Object> begin() {
        boolean _ = since.values().removeIf(begun -> System.nanoTime() - begun > FORGOTTEN_NANOS);
        Object transaction = new Object();
        var _ = since.put(transaction, System.nanoTime());
        if (since.size() > most) {
            answered(transaction);
            return Optional.empty();
        }
        return Optional.of(transaction);
    }

    /** Removes a transaction that {@link #begin} has added. */
    public void answered(Object transaction) {
        var _ = since.remove(transaction);
    }
}
