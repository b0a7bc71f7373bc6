package io.mesosiam.lease.store;

import io.mesosiam.lease.LeaseConfig;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.postgres.OneStatement;
import io.mesosiam.postgres.PlainReason;
import io.mesosiam.postgres.SessionPool;
import io.mesosiam.postgres.TableFollower;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The withdrawals in PostgreSQL. The table is read again at each notification, and periodically in case a notification
 * was lost. While the database is unavailable, the last result stays in force. See {@link WithdrawalRow} for rows that
 * can't be read.
 */
public final class WithdrawalTable implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(WithdrawalTable.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Maximum number of rows that readiness and a log line name. */
    static final int MAX_NAMED = 5;

    private static final String STANDING = """
            select id::text, framework_id::text, task_id::text, mesos_agent_id::text, launch_sequence, credential_name::text, policy_id,
                iam_role_arn, reason, made_by, policy_id is null or exists (select from policy where policy.id = policy_id) as policy_known
            from withdrawal where lifted_at is null order by withdrawal.id""";

    private static final String EXISTING = "select id from withdrawal where id = any ($1)";

    private final Pool pool;
    private final SessionPool sessions;
    private final TableFollower.Settings settings;
    private final RandomGenerator random;
    private final UnknownIds unknown = new UnknownIds();
    private volatile Standing current = new Standing(Set.of(), List.of(), 0);
    /** The last result that the listener accepted; it differs from {@link #current} while the listener fails. */
    private volatile Standing handedOn = current;

    private volatile @Nullable TableFollower follower;

    public WithdrawalTable(Pool pool, SessionPool sessions, LeaseConfig config, RandomGenerator random) {
        this.pool = pool;
        this.sessions = sessions;
        this.settings = new TableFollower.Settings("withdrawal", "withdrawal", config.withdrawalPoll(), TIMEOUT);
        this.random = random;
    }

    /**
     * Reads the withdrawals, blocks until they are read, and then follows changes.
     *
     * @param cluster the current state of the cluster, with which the withdrawals' ids are compared at each read
     * @param listener receives all active withdrawals: before this method returns, and on a virtual thread after each
     *     change
     * @param holdsBackChanged runs after the listener when {@link #holdsBack()} has changed
     * @throws RuntimeException if the database can't be read; without the withdrawals, an ended lease could be issued
     *     again
     */
    public void start(Supplier<ClusterState> cluster, Consumer<Set<Withdrawal>> listener, Runnable holdsBackChanged) {
        take(readStanding(new HashSet<>()), listener, holdsBackChanged);
        TableFollower starting = new TableFollower(sessions, settings, random, () -> {
            Set<Withdrawal> withoutPolicy = new HashSet<>();
            Standing now = withLost(readStanding(withoutPolicy), withoutPolicy, cluster.get());
            if (!now.equals(handedOn)) {
                take(now, listener, holdsBackChanged);
            }
            unknown.check(now.withdrawals(), withoutPolicy, cluster.get());
        });
        follower = starting;
        starting.start();
    }

    /** All active withdrawals. */
    public Set<Withdrawal> read() {
        return readStanding(new HashSet<>()).withdrawals();
    }

    /** Whether an active row has no readable part. It may cover any lease, so nothing new is issued. */
    public boolean holdsBack() {
        return current.holdsBack();
    }

    /** Number of active rows that can't be read completely. */
    public int rejected() {
        return current.problems().size();
    }

    /**
     * Number of active rows whose framework or Mesos agent the cluster doesn't show, or whose policy doesn't exist. They
     * cover nothing now.
     */
    public int unknown() {
        return unknown.count();
    }

    /**
     * A message for operators if the withdrawals may be out of date, rows can't be read, or rows name what the cluster
     * doesn't show; otherwise empty.
     */
    public Optional<String> trouble() {
        return Optional.ofNullable(follower)
                .flatMap(TableFollower::trouble)
                .map(why -> "the withdrawal table can't be followed (" + why + "); what was read last is in use, and a"
                        + " withdrawal made in SQL since then has no effect")
                .or(() -> Optional.of(Stream.concat(current.trouble().stream(), unknown.trouble().stream())
                                .collect(Collectors.joining(". ")))
                        .filter(text -> !text.isEmpty()));
    }

    /**
     * One result of reading the table.
     *
     * @param problems one line for each row that can't be read completely
     * @param holdBack number of these rows that have no readable part
     */
    private record Standing(Set<Withdrawal> withdrawals, List<String> problems, int holdBack) {
        Standing {
            withdrawals = Set.copyOf(withdrawals);
            problems = List.copyOf(problems);
        }

        Standing with(Set<Withdrawal> others) {
            Set<Withdrawal> all = new HashSet<>(withdrawals);
            all.addAll(others);
            return new Standing(all, problems, holdBack);
        }

        boolean holdsBack() {
            return holdBack > 0;
        }

        Optional<String> trouble() {
            return problems.isEmpty()
                    ? Optional.empty()
                    : Optional.of(problems.size()
                            + " rows of the withdrawal table can't be read whole and cover all that"
                            + " the rest of the row fits: " + named()
                            + (holdBack == 0
                                    ? ""
                                    : ". " + holdBack + " of them name nothing that can be read: while they stand,"
                                            + " nothing new is issued"));
        }

        private String named() {
            return problems.stream().limit(MAX_NAMED).collect(Collectors.joining("; "));
        }
    }

    private void take(Standing now, Consumer<Set<Withdrawal>> listener, Runnable holdsBackChanged) {
        boolean changed = !now.problems().equals(current.problems());
        current = now; // set first, because the listener reads it
        if (changed) {
            now.trouble().ifPresent(trouble -> LOG.warnf("withdrawals not readable reason=\"%s\"", trouble));
        }
        listener.accept(now.withdrawals());
        if (now.holdsBack() != handedOn.holdsBack()) {
            holdsBackChanged.run();
        }
        handedOn = now;
    }

    /** @param withoutPolicy receives those whose policy doesn't exist */
    private Standing readStanding(Set<Withdrawal> withoutPolicy) {
        Set<Withdrawal> all = new HashSet<>();
        List<String> problems = new ArrayList<>();
        int holdBack = 0;
        for (Row row : OneStatement.run(pool, STANDING).await().atMost(TIMEOUT)) {
            WithdrawalRow.Reading reading = WithdrawalRow.read(row);
            reading.withdrawal().ifPresent(all::add);
            if (!row.getBoolean("policy_known")) {
                reading.withdrawal().ifPresent(withoutPolicy::add);
            }
            reading.problem().ifPresent(problem -> problems.add(row.getValue("id") + " (" + problem + ")"));
            if (reading.withdrawal().isEmpty()) {
                holdBack++;
            }
        }
        return new Standing(all, problems, holdBack);
    }

    /**
     * Writes the withdrawals of running launches again whose rows are gone without a lift, as after a failover of the database
     * that lost commits: a lease whose time to live has ended would come back. If that fails, they stay in effect.
     */
    private Standing withLost(Standing now, Set<Withdrawal> withoutPolicy, ClusterState cluster) {
        Set<Withdrawal> lost = lost(now, cluster);
        if (lost.isEmpty()) {
            return now;
        }
        try {
            var _ = OneStatement.runEach(
                            pool,
                            WithdrawalRow.INSERT,
                            lost.stream().map(WithdrawalRow::tuple).toList())
                    .await()
                    .atMost(TIMEOUT);
            LOG.warnf("withdrawals were lost from the table, written again rows=%d", lost.size());
            withoutPolicy.clear();
            return readStanding(withoutPolicy);
        } catch (RuntimeException e) {
            LOG.warnf(
                    "withdrawals were lost from the table, not written again rows=%d reason=\"%s\"",
                    lost.size(), PlainReason.of(e));
            return now.with(lost);
        }
    }

    /** The withdrawals of launches of the cluster that stood, and whose rows don't exist any more. */
    private Set<Withdrawal> lost(Standing now, ClusterState cluster) {
        Map<UUID, Withdrawal> gone = new HashMap<>();
        handedOn.withdrawals().stream()
                .filter(withdrawal ->
                        withdrawal.launch().flatMap(cluster::launch).isPresent())
                .forEach(withdrawal -> withdrawal.id().ifPresent(id -> gone.put(id, withdrawal)));
        now.withdrawals().forEach(withdrawal -> withdrawal.id().ifPresent(gone::remove));
        if (!gone.isEmpty()) {
            OneStatement.run(pool, EXISTING, Tuple.of(gone.keySet().toArray(UUID[]::new)))
                    .await()
                    .atMost(TIMEOUT)
                    .forEach(row -> gone.remove(row.getUUID("id")));
        }
        return Set.copyOf(gone.values());
    }

    @Override
    public void close() {
        TableFollower running = follower;
        if (running != null) {
            running.close();
        }
    }
}
