package io.mesosiam.lease.store;

import io.mesosiam.fakes.ManualClock;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.lease.AuditEvent.Kind;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.LeaseSteps;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.lease.simulation.TestLeaseConfig;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Scanner;
import java.util.UUID;

/**
 * What PostgreSQL needs for a task's start and end, by the number of both in a transaction: with the default delay 10 at
 * 100 a second, 70 at 700. Tasks run on 1,000 hosts. Every second lease is bound to its container in the transaction in
 * which it is issued, the others in the next one. Rounds alternate; the first is not counted. Time is CPU time of the
 * connection's backend, from {@code /proc}. Arguments: rounds, starts of a round.
 */
public final class JournalBenchmark {
    private static final int HOSTS = 1000;
    private static final int RUNNING = 2000;
    private static final int[] SIZES = {1, 10, 30, 70};

    private final int rounds;
    private final int starts;

    private JournalBenchmark(int rounds, int starts) {
        this.rounds = rounds;
        this.starts = starts;
    }

    /** A journal with a database and a connection of its own, and transactions of one size. */
    private final class Way {
        private final TestDatabase database = TestPostgres.database();
        private final int size;
        private final Pool pool;
        private final BatchedJournal journal;
        private final Path schedule;
        private final Deque<Lease> running = new ArrayDeque<>();
        private final Deque<Lease> unbound = new ArrayDeque<>();
        private final double[] micros = new double[rounds];
        private final double[] bytes = new double[rounds];
        private final double[] rows = new double[rounds];
        private int tasks;

        Way(int size) {
            this.size = size;
            database.execute("insert into agent (mesos_agent_id, hostname, epoch, controller_id, state, connected_at)"
                    + " select 'S' || n, 'host' || n, 2, 'us', 'connected', now() from generate_series(1, " + HOSTS
                    + ") as n");
            PgConnectOptions server = PgConnectOptions.fromUri(database.reactiveUrl())
                    .setUser(database.user())
                    .setPassword(database.password())
                    .setCachePreparedStatements(true);
            pool = new Pool(PgBuilder.pool()
                    .with(new PoolOptions().setMaxSize(1))
                    .connectingTo(server)
                    .build());
            journal = new BatchedJournal(
                    TestLeaseConfig.DEFAULTS,
                    new ManualClock(JournalFixture.NOW),
                    LeaseSteps.NONE,
                    epochs -> new JournalWriter(pool, "us", new EntryStanding(epochs, "us"), Duration.ofMinutes(1))
                            ::write);
            schedule = Path.of("/proc/" + number("select pg_backend_pid()") + "/schedstat");
            while (running.size() < RUNNING) {
                start(true);
            }
            flush();
            database.execute("vacuum analyze");
        }

        private long number(String query) {
            return pool.query(query)
                    .execute()
                    .await()
                    .indefinitely()
                    .iterator()
                    .next()
                    .getLong(0);
        }

        private double cpu() throws IOException {
            return new Scanner(Files.readString(schedule)).nextLong() / 1e3;
        }

        private long log() {
            return number("select (pg_current_wal_insert_lsn() - '0/0')::bigint");
        }

        private long written() {
            var _ = pool.query("select pg_stat_force_next_flush()")
                    .execute()
                    .await()
                    .indefinitely();
            return number("select tup_inserted + tup_updated + tup_deleted from pg_stat_database"
                    + " where datname = current_database()");
        }

        void run(int round) throws IOException {
            long rowsBefore = written();
            long logBefore = log();
            double begin = cpu();
            int transactions = starts / size;
            for (int i = 0; i < transactions; i++) {
                transaction();
            }
            double end = cpu();
            long logAfter = log();
            if (round >= 0) {
                double all = (double) size * transactions;
                micros[round] = (end - begin) / all;
                bytes[round] = (logAfter - logBefore) / all;
                rows[round] = (written() - rowsBefore) / all;
            }
        }

        private void transaction() {
            for (int i = unbound.size(); i > 0; i--) {
                bind(unbound.removeFirst());
            }
            for (int i = 0; i < size; i++) {
                start(tasks % 2 == 0);
                journal.write(JournalFixture.ended(running.removeFirst()));
            }
            flush();
        }

        private void start(boolean bound) {
            Lease lease = lease(++tasks);
            journal.write(JournalFixture.changed(lease));
            if (bound) {
                bind(lease);
            } else {
                unbound.addLast(lease);
            }
        }

        private void bind(Lease lease) {
            Lease bound = lease.bind(
                    ContainerId.parse("c-" + lease.launch().key().task().value()));
            journal.write(new Journal.Entry.Changed(bound, 2, JournalFixture.event(bound, Kind.BOUND)));
            running.addLast(bound);
        }

        private void flush() {
            if (!journal.flush() || journal.refusedRows() > 0 || journal.backlog() > 0) {
                throw new IllegalStateException("not written");
            }
        }

        void close() {
            pool.closeAndAwait();
            database.close();
        }

        void print() {
            Arrays.sort(micros);
            Arrays.sort(bytes);
            Arrays.sort(rows);
            System.out.printf(
                    "%d starts and ends in a transaction; CPU us of each: least %.0f, median %.0f; WAL %.0f B; rows %.1f%n",
                    size, micros[0], micros[rounds / 2], bytes[rounds / 2], rows[rounds / 2]);
        }
    }

    public static void main(String... arguments) throws IOException {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 15;
        int starts = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 420;
        new JournalBenchmark(rounds, starts).run();
    }

    private void run() throws IOException {
        List<Way> ways = Arrays.stream(SIZES).mapToObj(Way::new).toList();
        for (int round = -1; round < rounds; round++) {
            for (Way way : ways) {
                way.run(round);
            }
        }
        ways.forEach(Way::print);
        ways.forEach(Way::close);
    }

    private static Lease lease(int task) {
        return new Lease(
                new LeaseId(UUID.randomUUID()),
                new LeaseKey(
                        TestLaunches.launch("F1", "task-" + task, new MesosAgentId("S" + (1 + task % HOSTS)), 1),
                        CredentialName.DEFAULT),
                TestLaunches.role("a"),
                TestLaunches.POLICY,
                "ab".repeat(32),
                "a-session",
                true,
                Optional.empty(),
                JournalFixture.NOW,
                Optional.empty(),
                new LeaseState.Active(JournalFixture.NOW.plusSeconds(3600), JournalFixture.NOW.plusSeconds(2000), 0),
                1);
    }
}
