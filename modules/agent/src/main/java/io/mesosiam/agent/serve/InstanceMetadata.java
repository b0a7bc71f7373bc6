package io.mesosiam.agent.serve;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The facts about the instance that tasks are told, such as its region. Each is fetched from the real metadata service when it is
 * first asked for, and kept: none changes while an instance lives. After a failure it is asked for again, but not at once.
 */
final class InstanceMetadata {
    private static final System.Logger LOG = System.getLogger(InstanceMetadata.class.getName());
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final Map<String, Entry> entries;
    private final LongSupplier nanoTime;

    /**
     * @param paths all that is ever told
     * @param service fetches the fact at a path; takes its time, throws nothing
     * @param nanoTime as {@link System#nanoTime}: no pause grows when the host's clock is set back
     */
    InstanceMetadata(Set<String> paths, Function<String, Fact> service, LongSupplier nanoTime) {
        this.entries =
                paths.stream().collect(Collectors.toUnmodifiableMap(path -> path, path -> new Entry(path, service)));
        this.nanoTime = nanoTime;
    }

    /** What is known of one path. */
    sealed interface Fact {
        record Known(String text) implements Fact {}

        /** The real service has nothing there. */
        record Missing() implements Fact {}

        record Unknown(String reason) implements Fact {}
    }

    /** Starts the fetch of a fact that may be told and isn't known, so that several can be waited for together. */
    void prefetch(String path) {
        Entry entry = entries.get(path);
        if (entry != null) {
            CompletableFuture<Fact> ignored = entry.current();
        }
    }

    /** What is at one of the paths, waited for as long as {@code atMost}. */
    Fact find(String path, Duration atMost) throws InterruptedException {
        Entry entry = entries.get(path);
        if (entry == null) {
            return new Fact.Missing();
        }
        try {
            return entry.current().get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return new Fact.Unknown("the instance's metadata service hasn't answered yet");
        } catch (ExecutionException e) {
            return new Fact.Unknown(String.valueOf(e.getCause()));
        }
    }

    private final class Entry {
        private final String path;
        private final Function<String, Fact> service;
        private @Nullable CompletableFuture<Fact> latest;
        private boolean known;
        /** By {@link #nanoTime}; of no meaning before the first failure. */
        private long again;

        private Duration pause = FIRST_PAUSE;

        Entry(String path, Function<String, Fact> service) {
            this.path = path;
            this.service = service;
        }

        /** The fact, or its fetch that is on the way, or the last failure while it is too early for another try. */
        synchronized CompletableFuture<Fact> current() {
            CompletableFuture<Fact> before = latest;
            if (before != null && (!before.isDone() || known || nanoTime.getAsLong() - again < 0)) {
                return before;
            }
            CompletableFuture<Fact> next = CompletableFuture.supplyAsync(this::fetch, Thread::startVirtualThread);
            latest = next;
            return next;
        }

        private Fact fetch() {
            Fact fact = service.apply(path);
            synchronized (this) {
                switch (fact) {
                    case Fact.Known _ -> known = true;
                    case Fact.Missing _ -> tryLater("it has nothing there");
                    case Fact.Unknown(String reason) -> tryLater(reason);
                }
            }
            return fact;
        }

        private void tryLater(String reason) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the instance''s metadata service doesn''t tell path={0} tryAgainInSeconds={1} reason={2}",
                    path,
                    pause.toSeconds(),
                    reason);
            again = nanoTime.getAsLong() + pause.toNanos();
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }
}
