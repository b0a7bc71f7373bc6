package io.mesosiam.policy;

import io.mesosiam.postgres.OneStatement;
import io.mesosiam.postgres.TableFollower;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
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
    /** So many rows are named by readiness; the log and the API have all. */
    private static final int MAX_NAMED = 5;

    private final Pool pool;
    private final PolicyConfig config;
    private final RandomGenerator random;
    private final PolicyReader reader;

    private volatile @Nullable PolicySet current;
    /** The version that the listener has; behind {@link #current} while handing a set on failed. */
    private volatile long handedOn;

    private volatile @Nullable TableFollower follower;

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
        var settings =
                new TableFollower.Settings("policy", "policy_version", config.pollInterval(), config.queryTimeout());
        TableFollower starting = new TableFollower(pool, settings, random, () -> refresh(listener));
        follower = starting;
        starting.start();
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
        TableFollower running = follower;
        if (running != null && running.isAway()) {
            return Optional.of("the policy table can't be followed; version " + set.version() + " is in use");
        }
        return unusable(set.rejected());
    }

    private static Optional<String> unusable(List<RejectedRow> rows) {
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        String denies = rows.stream()
                .map(PolicyTable::consequence)
                .flatMap(Optional::stream)
                .limit(MAX_NAMED)
                .collect(Collectors.joining("; "));
        return Optional.of(rows.size() + " rows of the policy table can't be used"
                + (denies.isEmpty() ? "" : ". What that does: " + denies));
    }

    private static Optional<String> consequence(RejectedRow row) {
        return switch (row.consequence()) {
            case NONE -> Optional.empty();
            case DENIES ->
                Optional.of(
                        row.name() + " denies all that it may concern, since it can't be read (" + row.reason() + ")");
            case HOLDS_BACK ->
                Optional.of(row.name() + " may deny, so that no task that it may concern is given anything new ("
                        + row.reason() + ")");
        };
    }

    /** Stops following; {@link #current()} stays what it was. */
    @Override
    public void close() {
        TableFollower running = follower;
        if (running != null) {
            running.close();
        }
    }

    private void refresh(Consumer<PolicySet> listener) {
        if (version() != handedOn) {
            take(read(), listener);
        }
    }

    private long version() {
        return OneStatement.run(pool, "select version from policy_version")
                .await()
                .atMost(config.queryTimeout())
                .iterator()
                .next()
                .getLong("version");
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
                        "policy row can't be used policyId=%s name=%s consequence=%s reason=\"%s\"",
                        row.policy(), row.name(), row.consequence().text(), row.reason()));
        try {
            listener.accept(set);
        } catch (RuntimeException e) {
            LOG.error("a listener to policy changes failed", e);
        }
        handedOn = set.version();
    }
}
