package io.mesosiam.lease.store;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.lease.AuditEvent;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.policy.CredentialName;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Scanner;
import java.util.UUID;

/**
 * What PostgreSQL needs for an audit event of the journal, in one server: before the audit trail was partitioned, after
 * it with a statement for each event, and with one statement for a batch. Rounds alternate; the first is not counted.
 * Time is CPU time of the connection's backend, from {@code /proc}. Arguments: rounds, events of a batch, batches.
 */
public final class AuditInsertBenchmark {
    private final int rounds;
    private final int size;
    private final int batches;
    private int tasks;

    private AuditInsertBenchmark(int rounds, int size, int batches) {
        this.rounds = rounds;
        this.size = size;
        this.batches = batches;
    }

    /** One way to write events, on a connection of its own. */
    private final class Way {
        private final String name;
        private final SqlConnection connection;
        private final boolean together;
        private final String sql;
        private final Path schedule;
        private final double[] micros = new double[rounds];
        private final double[] bytes = new double[rounds];

        Way(String name, TestDatabase database, String sql, boolean together) {
            this.name = name;
            this.sql = sql;
            this.together = together;
            connection = database.pool().getConnection().await().indefinitely();
            schedule = Path.of("/proc/" + number("select pg_backend_pid()") + "/schedstat");
        }

        private long number(String query) {
            return connection
                    .query(query)
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

        void run(int round) throws IOException {
            List<List<QueuedEntry>> work = new ArrayList<>();
            for (int i = 0; i < batches; i++) {
                work.add(entries());
            }
            long log = number("select (pg_current_wal_insert_lsn() - '0/0')::bigint");
            double begin = cpu();
            work.forEach(this::write);
            double end = cpu();
            if (round >= 0) {
                micros[round] = (end - begin) / size / batches;
                bytes[round] = (double) (number("select (pg_current_wal_insert_lsn() - '0/0')::bigint") - log)
                        / size
                        / batches;
            }
        }

        private void write(List<QueuedEntry> entries) {
            connection.query("begin").execute().await().indefinitely();
            if (together) {
                connection
                        .preparedQuery(sql)
                        .execute(AuditEventRow.tuple(entries, "us"))
                        .await()
                        .indefinitely();
            } else {
                List<Tuple> rows = entries.stream()
                        .map(entry -> EarlierJournalTest.event(
                                entry.id(), entry.key().launch().key().task().value()))
                        .toList();
                connection.preparedQuery(sql).executeBatch(rows).await().indefinitely();
            }
            connection.query("commit").execute().await().indefinitely();
        }

        void print() {
            Arrays.sort(micros);
            Arrays.sort(bytes);
            System.out.printf(
                    "%-50s CPU us/event: least %.0f, median %.0f; WAL %.0f B/event%n",
                    name, micros[0], micros[rounds / 2], bytes[rounds / 2]);
        }
    }

    public static void main(String... arguments) throws IOException {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 15;
        int size = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 200;
        int batches = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 10;
        new AuditInsertBenchmark(rounds, size, batches).run();
    }

    private void run() throws IOException {
        try (TestDatabase before = TestPostgres.emptyDatabase();
                TestDatabase now = TestPostgres.database()) {
            TestPostgres.migrateTo("20", before.jdbcUrl(), before.user(), before.password());
            List<Way> ways = List.of(
                    new Way(
                            "one table, a statement for each event",
                            before,
                            EarlierJournalTest.EVENT_BEFORE_PARTITIONS,
                            false),
                    new Way("partitions, a statement for each event", now, EarlierJournalTest.EVENT, false),
                    new Way("partitions, a statement for each batch", now, AuditEventRow.INSERT, true));
            for (int round = -1; round < rounds; round++) {
                for (Way way : ways) {
                    way.run(round);
                }
            }
            ways.forEach(Way::print);
        }
    }

    private List<QueuedEntry> entries() {
        List<QueuedEntry> entries = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            Lease lease = lease("task-" + ++tasks);
            entries.add(QueuedEntry.of(new Journal.Entry.Noted(
                    lease.host(),
                    1,
                    new AuditEvent(
                            lease.createdAt(),
                            AuditEvent.Kind.ISSUED,
                            lease.key(),
                            lease.container(),
                            Optional.of(lease.id()),
                            Optional.of(lease.role()),
                            Optional.of(lease.policy()),
                            "session until 2026-01-01T01:00:00Z",
                            Optional.of(true),
                            Optional.of(false)))));
        }
        return entries;
    }

    private static Lease lease(String task) {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        return new Lease(
                new LeaseId(UUID.randomUUID()),
                new LeaseKey(TestLaunches.launch("F1", task, JournalFixture.S1, 1), CredentialName.DEFAULT),
                TestLaunches.role("a"),
                TestLaunches.POLICY,
                "ab".repeat(32),
                "a-session",
                true,
                Optional.of(ContainerId.parse("c-" + task)),
                now,
                Optional.empty(),
                new LeaseState.Active(now.plusSeconds(3600), now.plusSeconds(2000), 0),
                1);
    }
}
