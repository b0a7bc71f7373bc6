package io.mesosiam.sts;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/** Concurrent callers with the same key share one call and its result. */
final class SingleFlight<K, V> {
    private final ConcurrentMap<K, CompletableFuture<V>> flights = new ConcurrentHashMap<>();

    V run(K key, Supplier<V> call) {
        CompletableFuture<V> mine = new CompletableFuture<>();
        CompletableFuture<V> theirs = flights.putIfAbsent(key, mine);
        if (theirs != null && (!theirs.isDone() || !flights.replace(key, theirs, mine))) {
            return theirs.join();
        }
        // A completed call that could not be removed has been replaced above.
        try {
            mine.complete(call.get());
        } catch (RuntimeException | Error e) {
            mine.completeExceptionally(e);
        } finally {
            flights.remove(key, mine);
        }
        return mine.join();
    }
}
