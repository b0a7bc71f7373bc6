package io.mesosiam.agent.serve;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.pause.Backoff;
import io.mesosiam.pause.Doubling;
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
 * The facts about the instance that tasks may read, such as its region. Each is fetched from the real metadata service
 * on its first request, and kept: none changes while an instance lives. After a failure it is fetched again, but not at
 * once.
 */
final class InstanceMetadata {
    private static final System.Logger LOG = System.getLogger(InstanceMetadata.class.getName());
    private static final Doubling PAUSES = new Doubling(Duration.ofSeconds(1), Duration.ofMinutes(1));

    private final Map<String, Entry> entries;
    private final LongSupplier nanoTime;

    /**
     * Creates the facts.
     *
     * @param paths the paths that are served
     * @param service fetches the fact at a path; may block, throws nothing
     * @param nanoTime a monotonic clock such as {@link System#nanoTime}: a host clock that is set back must not
     *     lengthen a pause
     */
    InstanceMetadata(Set<String> paths, Function<String, Fact> service, LongSupplier nanoTime) {
        this.entries =
                paths.stream().collect(Collectors.toUnmodifiableMap(path -> path, path -> new Entry(path, service)));
        this.nanoTime = nanoTime;
    }

    /** What is known of one path. */
    sealed interface Fact {
        record Known(String text) implements Fact {}

        /** The real service has nothing at this path. */
        record Missing() implements Fact {}

        record Unknown(String reason) implements Fact {}
    }

    /** Starts the fetch of a fact that is served and not yet known, so that several can be awaited together. */
    void prefetch(String path) {
        Entry entry = entries.get(path);
        if (entry != null) {
            CompletableFuture<Fact> ignored = entry.current();
        }
    }

    /** The fact at one of the paths; waits at most {@code atMost}. */
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

        @GuardedBy("this")
        private final Backoff backoff = new Backoff(PAUSES);

        @GuardedBy("this")
        private @Nullable CompletableFuture<Fact> latest;

        @GuardedBy("this")
        private boolean known;

        /** When to fetch again, by {@link #nanoTime}; meaningless before the first failure. */
        @GuardedBy("this")
        private long again;

        Entry(String path, Function<String, Fact> service) {
            this.path = path;
            this.service = service;
        }

        /** The fact, or its fetch in progress, or the last failure while it is too early to retry. */
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
                    case Fact.Missing _ -> tryLater("it has nothing at this path");
                    case Fact.Unknown(String reason) -> tryLater(reason);
                }
            }
            return fact;
        }

        @GuardedBy("this")
        private void tryLater(String reason) {
            Duration pause = backoff.next();
            LOG.log(
                    System.Logger.Level.WARNING,
                    "instance metadata not available path={0} tryAgainInSeconds={1} reason={2}",
                    path,
                    pause.toSeconds(),
                    reason);
            again = nanoTime.getAsLong() + pause.toNanos();
        }
    }
}
