package io.mesosiam.api.watch;

import io.mesosiam.api.watch.Feed.Change;
import io.mesosiam.api.watch.Feed.Snapshot;
import io.mesosiam.signin.Caller;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * A feed, how its objects are shown, and which of them a caller sees.
 *
 * @param <V> the objects
 */
record Watched<V>(Feed<?, V> feed, Function<V, Object> view, BiPredicate<V, Caller> visible) {
    /**
     * The objects that the caller sees, at one version.
     *
     * @param objects makes each object when it is asked for: all of them at once can be large
     */
    record Shown(long version, Iterator<Object> objects) {}

    /** The objects that the caller sees, as of now. */
    Shown snapshot(Caller caller) {
        Snapshot<V> all = feed.snapshot();
        return new Shown(
                all.version(),
                all.objects().stream()
                        .filter(object -> visible.test(object, caller))
                        .<Object>map(view)
                        .iterator());
    }

    /**
     * The changes after a version, of which the caller sees those that have an object.
     *
     * @return empty if they are not known
     */
    Optional<List<Change<Optional<Object>>>> after(long seen, int most, Caller caller) {
        return feed.after(seen, most).map(changes -> changes.stream()
                .map(change -> new Change<>(
                        change.version(),
                        change.kind(),
                        Optional.of(change.object())
                                .filter(object -> visible.test(object, caller))
                                .<Object>map(view)))
                .toList());
    }
}
