package io.mesosiam.trace;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** A map with a bounded number of entries: a new one replaces the oldest. Not thread-safe. */
final class Bounded<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1;

    private final int most;

    @SuppressWarnings("serial") // never serialized
    private final Consumer<V> dropped;

    /** @param dropped receives the values that are replaced for lack of room */
    Bounded(int most, Consumer<V> dropped) {
        this.most = most;
        this.dropped = dropped;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        if (size() <= most) {
            return false;
        }
        dropped.accept(eldest.getValue());
        return true;
    }
}
