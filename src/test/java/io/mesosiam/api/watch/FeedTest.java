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
            Snapshot<Item> snapshot = feed.snapshot();
            states.put(snapshot.version(), byName(snapshot.objects()));
            change(random);
            time.addAndGet(Feed.EVERY.toNanos());
        }
        Map<String, Item> present = byName(feed.snapshot().objects());
        long newest = feed.snapshot().version();

        assertThat(present).isEqualTo(items);
        states.forEach((version, state) -> {
            Optional<List<Change<Item>>> changes = feed.after(version, Integer.MAX_VALUE);
            assertThat(changes.isPresent()).as("version " + version).isEqualTo(newest - version <= 40);
            changes.ifPresent(found -> assertThat(applied(state, found)).isEqualTo(present));
        });
    }

    @Test
    void stateFromBeforeTheFirstCallerIsNoChange() {
        items = Map.of("a", new Item("a", 1, 1));
        Feed<String, Item> feed = feed(10);

        assertThat(feed.snapshot()).isEqualTo(new Snapshot<>(0, List.of(new Item("a", 1, 1))));
        assertThat(feed.after(0, 10)).contains(List.of());
    }

    @Test
    void versionThatTheFeedHasNotReachedIsUnknown() {
        Feed<String, Item> feed = feed(10);

        assertThat(feed.after(1, 10)).isEmpty();
    }

    @Test
    void changesAreComparedOncePerPeriod() {
        Feed<String, Item> feed = feed(10);
        assertThat(feed.snapshot().version()).isZero();
        items = Map.of("a", new Item("a", 1, 1));

        assertThat(feed.after(0, 10)).contains(List.of());
        time.addAndGet(Feed.EVERY.toNanos());

        assertThat(feed.after(0, 10).orElseThrow()).containsExactly(new Change<>(1, Kind.ADDED, new Item("a", 1, 1)));
    }

    @Test
    void objectInAnotherPlaceIsRemovedAndAdded() {
        items = Map.of("a", new Item("a", 1, 1));
        Feed<String, Item> feed = feed(10);
        assertThat(feed.snapshot().version()).isZero();

        items = Map.of("a", new Item("a", 1, 2));
        time.addAndGet(Feed.EVERY.toNanos());

        assertThat(feed.after(0, 10).orElseThrow()).extracting(Change::kind).containsExactly(Kind.REMOVED, Kind.ADDED);
    }

    @Test
    void largeChangesDisplaceOlderOnes() {
        Feed<String, Item> feed = new Feed<>(source, time::get, new Feed.Kept(10, 100));
        assertThat(feed.snapshot().version()).isZero();
        for (int value : new int[] {10, 60, 20, 30}) {
            items = Map.of("a", new Item("a", value, 1));
            time.addAndGet(Feed.EVERY.toNanos());
            assertThat(feed.snapshot().objects()).hasSize(1);
        }

        assertThat(feed.after(1, 10)).isEmpty();
        assertThat(feed.after(2, 10).orElseThrow())
                .extracting(change -> change.object().value())
                .containsExactly(20, 30);
    }

    @Test
    void changeLargerThanTheLimitIsKeptAlone() {
        Feed<String, Item> feed = new Feed<>(source, time::get, new Feed.Kept(10, 100));
        assertThat(feed.snapshot().version()).isZero();
        for (int value : new int[] {10, 200}) {
            items = Map.of("a", new Item("a", value, 1));
            time.addAndGet(Feed.EVERY.toNanos());
            assertThat(feed.snapshot().objects()).hasSize(1);
        }

        assertThat(feed.after(0, 10)).isEmpty();
        assertThat(feed.after(1, 10).orElseThrow()).hasSize(1);
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
