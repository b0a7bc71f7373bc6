package io.mesosiam.policy.store;

import io.mesosiam.policy.Grants;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.RevokerRole;
import io.mesosiam.policy.UnusableRow.RejectedRow;
import io.mesosiam.postgres.OneStatement;
import io.mesosiam.postgres.SessionPool;
import io.mesosiam.postgres.TableFollower;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The policies in PostgreSQL, followed as they change.
 *
 * <p>A notification, the poll and a new connection have the same effect: the version is compared with the current
 * set's, and if they differ, what has changed is read in one snapshot. A lost notification therefore only delays a
 * change by up to the poll interval. While the database is unavailable, the last set stays in force.
 */
@Singleton
public final class PolicyTable implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(PolicyTable.class);
    /** Maximum number of rows that readiness names; the log and the API contain all. */
    private static final int MAX_NAMED = 5;

    private final Pool pool;
    private final SessionPool sessions;
    private final PolicyConfig config;
    private final RandomGenerator random;
    private final PolicyReader reader;

    private final ReentrantLock lock = new ReentrantLock();
    /** Signalled when {@link #current} has changed. */
    private final Condition taken = lock.newCondition();

    private volatile @Nullable PolicySet current;
    private Grants grants = Grants.NONE;
    /** The version that the listener last accepted; differs from that of {@link #current} while the listener fails. */
    private volatile Optional<PolicyReader.Version> handedOn = Optional.empty();

    private volatile @Nullable TableFollower follower;

    @Inject
    public PolicyTable(
            Pool pool,
            SessionPool sessions,
            PolicyConfig config,
            RandomGenerator random,
            @ConfigProperty(name = RevokerRole.SETTING) Optional<String> revoker) {
        this.pool = pool;
        this.sessions = sessions;
        this.config = config;
        this.random = random;
        this.reader = new PolicyReader(pool, config.acceptSelfAsserted(), new RevokerRole(revoker));
    }

    /**
     * Reads the policies, blocks until they are read, and then follows changes.
     *
     * @param listener receives the first set before this method returns, and later sets one after another on a virtual
     *     thread; a set for which it throws is read and handed to it again
     * @throws RuntimeException if the database can't be read, or the listener throws; without policies nothing can be
     *     decided
     */
    public void start(Consumer<PolicySet> listener) {
        take(read(), listener);
        var settings =
                new TableFollower.Settings("policy", "policy_version", config.pollInterval(), config.queryTimeout());
        TableFollower starting = new TableFollower(sessions, settings, random, () -> refresh(listener));
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

    /** Decides by these launch grants from now on. The policies are neither read nor compiled again. */
    public void use(Grants newest) {
        lock.lock();
        try {
            grants = newest;
            current = current().withGrants(newest);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the newest set has at least this version; returns whether it has within the limit. */
    public boolean awaitVersion(long version, Duration limit) {
        lock.lock();
        try {
            long left = limit.toNanos();
            while (current().version() < version) {
                if (left <= 0) {
                    return false;
                }
                left = taken.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** A message for operators if the set may be out of date or rows can't be used; otherwise empty. */
    public Optional<String> trouble() {
        PolicySet set = current;
        if (set == null) {
            return Optional.of("the policies have not been read yet");
        }
        TableFollower running = follower;
        return Optional.ofNullable(running)
                .flatMap(TableFollower::trouble)
                .map(why -> "the policy table can't be followed (" + why + "); version " + set.version() + " is in use")
                .or(() -> unusable(set.rejected()))
                .or(() -> outOfBounds(set));
    }

    /** Time since the policies were last read, or found unchanged; empty before {@link #start} has returned. */
    public Optional<Duration> readAge() {
        return Optional.ofNullable(follower).map(TableFollower::readAge);
    }

    static Optional<String> outOfBounds(PolicySet set) {
        return Optional.of(set.outOfBounds())
                .filter(reasons -> !reasons.isEmpty())
                .map(reasons -> reasons.size() + " policies are out of the bounds of their namespaces: "
                        + set.policies().stream()
                                .filter(policy -> reasons.containsKey(policy.id()))
                                .limit(MAX_NAMED)
                                .map(policy -> policy.path() + " (" + reasons.get(policy.id()) + ")")
                                .collect(Collectors.joining("; ")));
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
                Optional.of(row.name() + " denies every task that it may concern, because it can't be read ("
                        + row.reason() + ")");
            case HOLDS_BACK ->
                Optional.of(row.name() + " may be a deny, so no task that it may concern gets anything new ("
                        + row.reason() + ")");
        };
    }

    /** Stops following changes. {@link #current()} keeps its value. */
    @Override
    public void close() {
        TableFollower running = follower;
        if (running != null) {
            running.close();
        }
    }

    private void refresh(Consumer<PolicySet> listener) {
        if (!Optional.of(version()).equals(handedOn)) {
            take(read(), listener);
        }
    }

    /** The version in the database; fails if the database doesn't answer in time. */
    public Uni<Long> stored() {
        return storedVersion().map(PolicyReader.Version::number);
    }

    private Uni<PolicyReader.Version> storedVersion() {
        return OneStatement.run(pool, PolicyReader.Version.QUERY)
                .map(rows -> PolicyReader.Version.of(rows.iterator().next()))
                .ifNoItem()
                .after(config.queryTimeout())
                .fail();
    }

    private PolicyReader.Version version() {
        return storedVersion().await().indefinitely();
    }

    private PolicySet read() {
        return reader.read(config.queryTimeout());
    }

    private void take(PolicySet set, Consumer<PolicySet> listener) {
        PolicySet granted;
        lock.lock();
        try {
            granted = set.withGrants(grants);
            current = granted;
            taken.signalAll();
        } finally {
            lock.unlock();
        }
        LOG.infof(
                "policies read version=%d policies=%d rejected=%d outOfBounds=%d",
                set.version(),
                set.policies().size(),
                set.rejected().size(),
                set.outOfBounds().size());
        set.rejected()
                .forEach(row -> LOG.warnf(
                        "policy row can't be used policyId=%s name=%s consequence=%s reason=\"%s\"",
                        row.policy(), row.name(), row.consequence().text(), row.reason()));
        set.outOfBounds()
                .forEach((policy, reason) -> LOG.warnf(
                        "policy out of the bounds of its namespace policyId=%s reason=\"%s\"", policy, reason));
        listener.accept(granted);
        handedOn = reader.version();
    }
}
