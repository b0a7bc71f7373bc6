package io.mesosiam.api.watch;

import io.mesosiam.api.watch.Feed.Change;
import io.mesosiam.api.watch.Feed.Snapshot;
import io.mesosiam.signin.Caller;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * A feed, how its objects are shown, and which of them a caller sees.
 *
 * @param <K> the keys of objects
 * @param <V> the objects
 */
record Watched<K, V>(Feed<K, V> feed, Function<V, Object> view, BiPredicate<V, Caller> visible) {
    /**
     * The objects that the caller sees, at one version.
     *
     * @param objects makes each object when it is asked for: all of them at once can be large
     */
    record Shown(long version, Iterator<Object> objects) {}

    /**
     * Changes after a version.
     *
     * @param version after all of them
     * @param changes makes each change when it is asked for; the caller sees those that have an object
     * @param more whether there are further ones now
     */
    record Following(long version, Iterator<Change<Optional<Object>>> changes, boolean more) {}

    /** The objects that the caller sees, as of now or later. */
    Shown snapshot(Caller caller) {
        Snapshot<K> all = feed.snapshot();
        return new Shown(
                all.version(),
                all.keys().stream()
                        .flatMap(key -> feed.object(key).stream())
                        .filter(object -> visible.test(object, caller))
                        .<Object>map(view)
                        .iterator());
    }

    /**
     * The changes after a version.
     *
     * @param most how many at most
     * @param size the length of their objects' JSON together at most, but at least one
     * @return empty if they are not known
     */
    Optional<Following> after(long seen, int most, long size, Caller caller) {
        return feed.after(seen, most, size)
                .map(found -> new Following(
                        seen + found.changes().size(),
                        found.changes().stream()
                                .map(change -> shown(change, caller))
                                .iterator(),
                        found.more()));
    }

    private Change<Optional<Object>> shown(Change<V> change, Caller caller) {
        return new Change<>(
                change.version(),
                change.kind(),
                Optional.of(change.object())
                        .filter(object -> visible.test(object, caller))
                        .map(view));
    }
}
