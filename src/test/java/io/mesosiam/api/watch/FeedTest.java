package io.mesosiam.api.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.api.watch.Feed.Change;
import io.mesosiam.api.watch.Feed.Difference;
import io.mesosiam.api.watch.Feed.Kind;
import io.mesosiam.api.watch.Feed.Snapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A caller that applies the changes to the state that it has seen has the present state. */
class FeedTest {
    private final AtomicLong time = new AtomicLong();
    private Map<String, Item> items = Map.of();

    /** An object; one in another place is another object for callers. */
    private record Item(String name, int value, int place) {}

    private final Feed.Source<String, Item> source = new Feed.Source<>() {
        @Override
        public Map<String, Item> now() {
            return items;
        }

        @Override
        public Difference difference(Item before, Item after) {
            if (before.place() != after.place()) {
                return Difference.REPLACED;
            }
            return before.equals(after) ? Difference.NONE : Difference.CHANGED;
        }

        @Override
        public Item last(String key, Item known) {
            return known;
        }

        @Override
        public long size(Item object) {
            return object.value();
        }
    };

    private Feed<String, Item> feed(int kept) {
        return new Feed<>(source, time::get, new Feed.Kept(kept, Long.MAX_VALUE));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void changesLeadFromEveryKeptVersionToThePresentState(long seed) {
        Random random = new Random(seed);
        Feed<String, Item> feed = feed(40);
        Map<Long, Map<String, Item>> states = new HashMap<>();
        for (int round = 0; round < 60; round++) {
            states.put(feed.snapshot().version(), objects(feed));
            change(random);
            time.addAndGet(Feed.EVERY.toNanos());
        }
        Map<String, Item> present = objects(feed);
        long newest = feed.snapshot().version();

        assertThat(present).isEqualTo(items);
        states.forEach((version, state) -> {
            Optional<Feed.Changes<Item>> changes = feed.after(version, Integer.MAX_VALUE, Long.MAX_VALUE);
            assertThat(changes.isPresent()).as("version " + version).isEqualTo(newest - version <= 40);
            changes.ifPresent(
                    found -> assertThat(applied(state, found.changes())).isEqualTo(present));
        });
    }

    @Test
    void stateFromBeforeTheFirstCallerIsNoChange() {
        items = Map.of("a", new Item("a", 1, 1));
        Feed<String, Item> feed = feed(10);

        assertThat(feed.snapshot()).isEqualTo(new Snapshot<>(0, List.of("a")));
        assertThat(feed.object("a")).contains(new Item("a", 1, 1));
        assertThat(after(feed, 0)).isEmpty();
    }

    @Test
    void versionThatTheFeedHasNotReachedIsUnknown() {
        Feed<String, Item> feed = feed(10);

        assertThat(feed.after(1, 10, 100)).isEmpty();
    }

    @Test
    void changesAreComparedOncePerPeriod() {
        Feed<String, Item> feed = feed(10);
        assertThat(feed.snapshot().version()).isZero();
        items = Map.of("a", new Item("a", 1, 1));

        assertThat(after(feed, 0)).isEmpty();
        time.addAndGet(Feed.EVERY.toNanos());

        assertThat(after(feed, 0)).containsExactly(new Change<>(1, Kind.ADDED, new Item("a", 1, 1)));
    }

    @Test
    void objectInAnotherPlaceIsRemovedAndAdded() {
        items = Map.of("a", new Item("a", 1, 1));
        Feed<String, Item> feed = feed(10);
        assertThat(feed.snapshot().version()).isZero();

        items = Map.of("a", new Item("a", 1, 2));
        time.addAndGet(Feed.EVERY.toNanos());

        assertThat(after(feed, 0)).extracting(Change::kind).containsExactly(Kind.REMOVED, Kind.ADDED);
    }

    @Test
    void largeChangesDisplaceOlderOnes() {
        Feed<String, Item> feed = new Feed<>(source, time::get, new Feed.Kept(10, 100));
        assertThat(feed.snapshot().version()).isZero();
        for (int value : new int[] {10, 60, 20, 30}) {
            items = Map.of("a", new Item("a", value, 1));
            time.addAndGet(Feed.EVERY.toNanos());
            assertThat(feed.snapshot().keys()).hasSize(1);
        }

        assertThat(feed.after(1, 10, 100)).isEmpty();
        assertThat(after(feed, 2)).extracting(change -> change.object().value()).containsExactly(20, 30);
    }

    @Test
    void changeLargerThanTheLimitIsKeptAlone() {
        Feed<String, Item> feed = new Feed<>(source, time::get, new Feed.Kept(10, 100));
        assertThat(feed.snapshot().version()).isZero();
        for (int value : new int[] {10, 200}) {
            items = Map.of("a", new Item("a", value, 1));
            time.addAndGet(Feed.EVERY.toNanos());
            assertThat(feed.snapshot().keys()).hasSize(1);
        }

        assertThat(feed.after(0, 10, 100)).isEmpty();
        assertThat(after(feed, 1)).hasSize(1);
    }

    @Test
    void largeChangesAreReadAFewAtATime() {
        Feed<String, Item> feed = feed(10);
        assertThat(feed.snapshot().version()).isZero();
        for (int value : new int[] {40, 60, 1, 200}) {
            items = Map.of("a", new Item("a", value, 1));
            time.addAndGet(Feed.EVERY.toNanos());
            assertThat(feed.snapshot().keys()).hasSize(1);
        }

        assertThat(values(feed, 0)).containsExactly(40, 60);
        assertThat(values(feed, 2)).containsExactly(1);
        assertThat(values(feed, 3)).containsExactly(200);
        assertThat(feed.after(2, 10, 100).orElseThrow().more()).isTrue();
        assertThat(feed.after(3, 10, 100).orElseThrow().more()).isFalse();
        assertThat(feed.after(0, 1, 100).orElseThrow().more()).isTrue();
    }

    /** A stream that reads the objects of a snapshot slowly must not keep those of its start in memory. */
    @Test
    void objectsOfASnapshotAreThoseOfTheLastComparison() {
        items = Map.of("a", new Item("a", 1, 1), "b", new Item("b", 1, 1));
        Feed<String, Item> feed = feed(10);
        assertThat(feed.snapshot().keys()).containsExactlyInAnyOrder("a", "b");

        items = Map.of("a", new Item("a", 2, 1));
        time.addAndGet(Feed.EVERY.toNanos());
        assertThat(after(feed, 0)).hasSize(2);

        assertThat(feed.object("a")).contains(new Item("a", 2, 1));
        assertThat(feed.object("b")).isEmpty();
    }

    @Test
    void feedThatNoStreamUsesKeepsNoObjects() {
        items = Map.of("a", new Item("a", 1, 1));
        Feed<String, Item> feed = feed(10);
        long version = feed.snapshot().version();

        time.addAndGet(Feed.UNUSED.toNanos());
        feed.forgetUnused();
        assertThat(feed.object("a")).isPresent();
        time.addAndGet(Feed.UNUSED.toNanos() + 1);
        feed.forgetUnused();

        assertThat(feed.object("a")).isEmpty();
        assertThat(feed.after(version, 10, 100)).isEmpty();
        assertThat(feed.snapshot().keys()).containsExactly("a");
        assertThat(feed.snapshot().version()).isGreaterThan(version);
    }

    private static List<Change<Item>> after(Feed<String, Item> feed, long seen) {
        return feed.after(seen, 10, Long.MAX_VALUE).orElseThrow().changes();
    }

    private static List<Integer> values(Feed<String, Item> feed, long seen) {
        return feed.after(seen, 10, 100).orElseThrow().changes().stream()
                .map(change -> change.object().value())
                .toList();
    }

    private static Map<String, Item> objects(Feed<String, Item> feed) {
        return byName(feed.snapshot().keys().stream()
                .flatMap(key -> feed.object(key).stream())
                .toList());
    }

    private void change(Random random) {
        Map<String, Item> next = new HashMap<>(items);
        for (int i = random.nextInt(4); i > 0; i--) {
            String name = String.valueOf(random.nextInt(8));
            if (random.nextInt(3) == 0) {
                next.remove(name);
            } else {
                next.put(name, new Item(name, random.nextInt(3), random.nextInt(2)));
            }
        }
        items = Map.copyOf(next);
    }

    private static Map<String, Item> byName(List<Item> objects) {
        return objects.stream().collect(Collectors.toMap(Item::name, item -> item));
    }

    private static Map<String, Item> applied(Map<String, Item> state, List<Change<Item>> changes) {
        Map<String, Item> result = new HashMap<>(state);
        for (Change<Item> change : changes) {
            if (change.kind() == Kind.REMOVED) {
                assertThat(result.remove(change.object().name())).isNotNull();
            } else {
                result.put(change.object().name(), change.object());
            }
        }
        return result;
    }
}
