package io.mesosiam.policy;

import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The policies in Postgres, followed as they change.
 *
 * <p>A notification, the poll and a new connection all do the same: compare the version with that of the set at hand, and
 * read the whole set, in one snapshot, where they differ. So a lost notification costs the poll interval and nothing else.
 * While the database is away the last set stays.
 */
@Singleton
public final class PolicyTable implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(PolicyTable.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(100);

    private final Pool pool;
    private final PolicyConfig config;
    private final RandomGenerator random;
    private final PolicyReader reader;
    private final Semaphore news = new Semaphore(0);

    private volatile @Nullable PolicySet current;
    private volatile boolean away;
    private volatile boolean closed;
    private @Nullable Thread follower;
    private @Nullable ChangeListener changes;
    private Duration retry = FIRST_RETRY;

    @Inject
    public PolicyTable(Pool pool, PolicyConfig config, RandomGenerator random) {
        this.pool = pool;
        this.config = config;
        this.random = random;
        this.reader = new PolicyReader(pool, config.acceptSelfAsserted());
    }

    /**
     * Reads the policies, waits for them, and follows them from then on.
     *
     * @param listener is given the first set before this returns and each later one on a virtual thread, one after another
     * @throws RuntimeException if the database can't be read: without policies nothing can be decided
     */
    public void start(Consumer<PolicySet> listener) {
        take(read(), listener);
        follower = Thread.ofVirtual().name("policy-table").start(() -> follow(listener));
    }

    /**
     * The newest set.
     *
     * @throws IllegalStateException before {@link #start} has returned
     */
    public PolicySet current() {
        PolicySet set = current;
        if (set == null) {
            throw new IllegalStateException("the policies have not been read yet");
        }
        return set;
    }

    /** What people should know: that the set may be out of date, or that rows of it can't be used. Empty if all is well. */
    public Optional<String> trouble() {
        PolicySet set = current;
        if (set == null) {
            return Optional.of("the policies have not been read yet");
        }
        if (away) {
            return Optional.of("the policy table can't be followed; version " + set.version() + " is in use");
        }
        int rejected = set.rejected().size();
        return rejected == 0 ? Optional.empty() : Optional.of(rejected + " rows of the policy table can't be used");
    }

    /** Stops following; {@link #current()} stays what it was. */
    @Override
    public void close() {
        closed = true;
        news.release();
        Thread thread = follower;
        if (thread != null) {
            try {
                thread.join(config.queryTimeout().multipliedBy(2));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void follow(Consumer<PolicySet> listener) {
        while (!closed) {
            Duration pause = config.pollInterval();
            try {
                if (listening().version() != current().version()) {
                    take(read(), listener);
                }
                recovered();
            } catch (RuntimeException e) {
                lost(e);
                pause = nextRetry();
            }
            await(pause);
        }
        stopListening();
    }

    private ChangeListener listening() {
        ChangeListener open = changes;
        if (open == null) {
            open = ChangeListener.open(pool, config.queryTimeout(), news::release);
            changes = open;
        } else if (open.isLost()) {
            changes = null;
            throw new IllegalStateException("the listening connection was closed");
        }
        return open;
    }

    private PolicySet read() {
        return reader.read().await().atMost(config.queryTimeout());
    }

    private void take(PolicySet set, Consumer<PolicySet> listener) {
        current = set;
        LOG.infof(
                "policies read version=%d policies=%d rejected=%d",
                set.version(), set.policies().size(), set.rejected().size());
        set.rejected()
                .forEach(row -> LOG.warnf(
                        "policy row can't be used policyId=%s name=%s reason=%s",
                        row.policy(), row.name(), row.reason()));
        try {
            listener.accept(set);
        } catch (RuntimeException e) {
            LOG.error("a listener to policy changes failed", e);
        }
    }

    private void recovered() {
        if (away) {
            LOG.info("the policy table is followed again");
        }
        away = false;
        retry = FIRST_RETRY;
    }

    private void lost(RuntimeException e) {
        if (!away) {
            LOG.warnf(
                    "the policy table can't be followed, keeping the last policies version=%d reason=%s",
                    current().version(), e.getMessage());
            LOG.debug("the policy table can't be followed", e);
        }
        away = true;
    }

    /** Doubles up to the poll interval; half of it is chance, so that controllers don't come back all at once. */
    private Duration nextRetry() {
        Duration pause = retry.dividedBy(2).plusMillis(random.nextLong(retry.toMillis() / 2 + 1));
        Duration twice = retry.multipliedBy(2);
        retry = twice.compareTo(config.pollInterval()) < 0 ? twice : config.pollInterval();
        return pause;
    }

    private void await(Duration pause) {
        try {
            if (news.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                news.drainPermits();
            }
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    private void stopListening() {
        ChangeListener open = changes;
        if (open == null || open.isLost()) {
            return;
        }
        try {
            open.close();
        } catch (RuntimeException e) {
            LOG.debug("the listening connection could not be given back", e);
        }
    }
}
