package io.mesosiam.lease.store;

import io.mesosiam.lease.LeaseConfig;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.postgres.OneStatement;
import io.mesosiam.postgres.TableFollower;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The withdrawals in Postgres, followed as they change: read again at each notification, and every so often in case one
 * was lost. While the database is away the last ones stay. A row that can't be read withdraws what the rest of it covers, see {@link
 * WithdrawalRow}.
 */
public final class WithdrawalTable implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(WithdrawalTable.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** So many rows are named by readiness and in a log line. */
    private static final int MAX_NAMED = 5;

    private static final String STANDING = """
            select id::text, framework_id::text, task_id::text, mesos_agent_id::text, launch_sequence, credential_name::text, reason, made_by
            from withdrawal where lifted_at is null order by withdrawal.id""";

    private final Pool pool;
    private final TableFollower.Settings settings;
    private final RandomGenerator random;
    private volatile Standing current = new Standing(Set.of(), List.of(), 0);
    /** What the listener has; behind {@link #current} while handing it on failed. */
    private volatile Standing handedOn = current;

    private volatile @Nullable TableFollower follower;

    public WithdrawalTable(Pool pool, LeaseConfig config, RandomGenerator random) {
        this.pool = pool;
        this.settings = new TableFollower.Settings("withdrawal", "withdrawal", config.withdrawalPoll(), TIMEOUT);
        this.random = random;
    }

    /**
     * Reads the withdrawals, waits for them, and follows them from then on.
     *
     * @param listener is given all that stand: before this returns, and on a virtual thread whenever they are others
     * @param holdsBackChanged runs after the listener, when {@link #holdsBack()} has another value
     * @throws RuntimeException if the database can't be read: without them an ended lease could come back
     */
    public void start(Consumer<Set<Withdrawal>> listener, Runnable holdsBackChanged) {
        take(readStanding(), listener, holdsBackChanged);
        TableFollower starting = new TableFollower(pool, settings, random, () -> {
            Standing now = readStanding();
            if (!now.equals(handedOn)) {
                take(now, listener, holdsBackChanged);
            }
        });
        follower = starting;
        starting.start();
    }

    /** All that stand now. */
    public Set<Withdrawal> read() {
        return readStanding().withdrawals();
    }

    /** Whether a row stands of which nothing can be read: it may cover any lease, so that nothing new is issued. */
    public boolean holdsBack() {
        return current.holdsBack();
    }

    /** How many rows stand that can't be read whole. */
    public int rejected() {
        return current.problems().size();
    }

    /** Whether withdrawals that were made in SQL since the last read have no effect yet, since the table can't be read. */
    public boolean isAway() {
        TableFollower running = follower;
        return running != null && running.isAway();
    }

    /** What operators should know: that the withdrawals may be out of date, or that rows can't be read. Empty if all is well. */
    public Optional<String> trouble() {
        return isAway()
                ? Optional.of(
                        "the withdrawal table can't be followed; what was read last is in use, and a withdrawal made"
                                + " in SQL since then has no effect")
                : current.trouble();
    }

    /**
     * One reading of the table.
     *
     * @param problems a line for each row that can't be read whole
     * @param holdBack how many of these rows name nothing that can be read
     */
    private record Standing(Set<Withdrawal> withdrawals, List<String> problems, int holdBack) {
        Standing {
            withdrawals = Set.copyOf(withdrawals);
            problems = List.copyOf(problems);
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
        boolean others = !now.problems().equals(current.problems());
        current = now; // before the listener decides anew
        if (others) {
            now.trouble().ifPresent(trouble -> LOG.warnf("withdrawals can't be read reason=\"%s\"", trouble));
        }
        listener.accept(now.withdrawals());
        if (now.holdsBack() != handedOn.holdsBack()) {
            holdsBackChanged.run();
        }
        handedOn = now;
    }

    private Standing readStanding() {
        Set<Withdrawal> all = new HashSet<>();
        List<String> problems = new ArrayList<>();
        int holdBack = 0;
        for (Row row : OneStatement.run(pool, STANDING).await().atMost(TIMEOUT)) {
            WithdrawalRow.Reading reading = WithdrawalRow.read(row);
            reading.withdrawal().ifPresent(all::add);
            reading.problem().ifPresent(problem -> problems.add(row.getValue("id") + " (" + problem + ")"));
            if (reading.withdrawal().isEmpty()) {
                holdBack++;
            }
        }
        return new Standing(all, problems, holdBack);
    }

    @Override
    public void close() {
        TableFollower running = follower;
        if (running != null) {
            running.close();
        }
    }
}
