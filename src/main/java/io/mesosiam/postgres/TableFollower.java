package io.mesosiam.postgres;

import io.mesosiam.pause.Backoff;
import io.mesosiam.pause.Doubling;
import io.mesosiam.pause.TimedWakeup;
import io.mesosiam.pause.Wakeup;
import io.smallrye.mutiny.TimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Follows a table: reads it at each notification (LISTEN), at each poll, and after each new connection. A lost
 * notification delays a read by at most the poll interval.
 *
 * <p>If the listening connection is lost, doesn't respond or can't be opened, or if a read fails, the follower retries.
 * The delay starts at 100 ms and grows up to the poll interval, at most 5 s. An {@link Error} in a read, such as lack
 * of memory, counts as a failure too. A connection whose server doesn't respond stays out of the pool until its socket
 * closes. While there are {@value #MAX_UNANSWERED} of these, the follower polls without listening, so that it doesn't
 * exhaust the pool.
 */
public final class TableFollower implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(TableFollower.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final Duration LAST_RETRY = Duration.ofSeconds(5);

    /** The query on the listening connection that checks that the server responds. */
    static final String PROBE = "select 1 as listening";

    static final int MAX_UNANSWERED = 2;

    private final SessionPool sessions;
    private final Settings settings;
    private final Runnable read;
    private final Wakeup news = new TimedWakeup();
    private final AtomicInteger unanswered = new AtomicInteger();
    /** Why the last attempt failed; empty if it succeeded. */
    private volatile Optional<String> trouble = Optional.empty();

    /** When the table was last read, in monotonic time. The owner reads it before it creates the follower. */
    private volatile long readAtNanos = System.nanoTime();

    private volatile boolean closed;
    private @Nullable ListeningConnection listening;
    private volatile @Nullable Thread thread;
    private final Backoff backoff;

    /**
     * Describes what to follow and how.
     *
     * @param table the name in log lines
     * @param channel the channel that the table's trigger notifies; an SQL identifier
     * @param poll the longest time between two reads
     * @param timeout time limit for one answer of the database, after which it counts as unavailable
     */
    public record Settings(String table, String channel, Duration poll, Duration timeout) {
        public Settings {
            if (!channel.matches("[a-z_][a-z0-9_]*")) {
                throw new IllegalArgumentException("not the name of a channel: " + channel);
            }
            if (!poll.isPositive() || !timeout.isPositive()) {
                throw new IllegalArgumentException("poll and timeout must be positive: " + poll + ", " + timeout);
            }
        }
    }

    /**
     * @param read reads the table and processes changes, on a virtual thread; an exception means that the table can't
     *     be read
     */
    public TableFollower(SessionPool sessions, Settings settings, RandomGenerator random, Runnable read) {
        this.sessions = sessions;
        this.settings = settings;
        this.read = read;
        Duration longest = settings.poll().compareTo(LAST_RETRY) < 0 ? settings.poll() : LAST_RETRY;
        Duration first = longest.compareTo(FIRST_RETRY) < 0 ? longest : FIRST_RETRY;
        this.backoff = new Backoff(new Doubling(first, longest), random);
    }

    /** Starts following. */
    public void start() {
        sessions.follows(settings.table(), this);
        thread = Thread.ofVirtual().name("follow-" + settings.table()).start(this::follow);
    }

    /** Whether the last attempt failed, so that the data read before may be out of date. */
    public boolean isAway() {
        return trouble.isPresent();
    }

    /**
     * Why the last attempt failed, such as a lost connection or a missing right, so that the data read before may be out
     * of date; empty if it succeeded.
     */
    public Optional<String> trouble() {
        return trouble;
    }

    /** Time since the table was last read, or found unchanged. */
    public Duration readAge() {
        return Duration.ofNanos(System.nanoTime() - readAtNanos);
    }

    /** Stops following, and ends the listening connection. */
    @Override
    public void close() {
        closed = true;
        news.wake();
        Thread running = thread;
        if (running != null) {
            try {
                running.join(settings.timeout().multipliedBy(2));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void follow() {
        while (!closed) {
            Duration pause = settings.poll();
            try {
                listen();
                read.run();
                recovered();
            } catch (Throwable e) { // also an Error: if the loop ended, no failure would be reported
                lost(e);
                pause = backoff.next();
            }
            await(pause);
        }
        ListeningConnection open = listening;
        if (open != null) {
            open.closeAndWait();
        }
    }

    /** Ensures that a connection listens and that the server responds on it. */
    private void listen() {
        ListeningConnection open = listening;
        if (open != null) {
            check(open);
        } else if (unanswered.get() < MAX_UNANSWERED) {
            ListeningConnection taken = ListeningConnection.take(sessions, settings.timeout(), news::wake);
            listening = taken;
            try {
                taken.listen(settings.channel());
            } catch (Throwable e) {
                drop(taken, e);
                throw e;
            }
        }
    }

    private void check(ListeningConnection open) {
        try {
            if (open.hasEnded()) {
                throw new IllegalStateException("the listening connection was closed");
            }
            open.probe();
        } catch (Throwable e) {
            drop(open, e);
            throw e;
        }
    }

    /**
     * Closes the connection. After a timeout it counts as unanswered until it has ended; the pool detects other failures
     * itself.
     */
    private void drop(ListeningConnection open, Throwable failure) {
        listening = null;
        if (failure instanceof TimeoutException) {
            unanswered.incrementAndGet();
            open.whenEnded(unanswered::decrementAndGet);
        }
        open.close();
    }

    private void recovered() {
        readAtNanos = System.nanoTime();
        if (isAway()) {
            LOG.infof("table readable again table=%s", settings.table());
        }
        trouble = Optional.empty();
        backoff.succeeded();
    }

    /** Sets the state before logging, since logging can fail too if memory is short. */
    private void lost(Throwable failure) {
        boolean first = !isAway();
        trouble = Optional.of(failure.getClass().getSimpleName());
        try {
            String reason = reason(failure);
            trouble = Optional.of(reason);
            if (first) {
                LOG.warnf(
                        "table can't be followed, keeping what was read last table=%s reason=\"%s\"",
                        settings.table(), reason);
                LOG.debug("table can't be followed", failure);
            }
        } catch (Throwable _) { // readiness reports it
        }
    }

    /** Prefixes the message of an Error with its class, which its message rarely states. */
    private static String reason(Throwable failure) {
        String words = PlainReason.of(failure);
        String name = failure.getClass().getSimpleName();
        return failure instanceof Error && !words.equals(name) ? name + ": " + words : words;
    }

    private void await(Duration pause) {
        try {
            news.await(pause);
        } catch (InterruptedException e) {
            closed = true;
        }
    }
}
