package io.mesosiam.lease.store;

import io.mesosiam.fakes.ManualClock;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.lease.AuditEvent;
import io.mesosiam.lease.AuditEvent.Kind;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseConfig;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.LeaseSteps;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.lease.simulation.TestLeaseConfig;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** A database with two hosts of this controller, entries for their leases, and a journal. */
public final class JournalFixture {
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    static final MesosAgentId S1 = new MesosAgentId("S1");
    static final MesosAgentId S2 = new MesosAgentId("S2");

    final ManualClock clock = new ManualClock(NOW);
    private final TestDatabase database;
    private int leases;

    public JournalFixture(TestDatabase database) {
        this.database = database;
        database.execute("truncate lease, withdrawal, audit_event, agent");
        database.execute("insert into agent (mesos_agent_id, hostname, epoch, controller_id, state, connected_at)"
                + " values ('S1', 'host1', 2, 'us', 'connected', now()), ('S2', 'host2', 2, 'us', 'connected', now())");
    }

    public BatchedJournal journal() {
        return journal(database.pool(), TimeLimit.seconds(10));
    }

    BatchedJournal journal(LeaseConfig config) {
        return new BatchedJournal(database.pool(), config, clock, "us", LeaseSteps.NONE);
    }

    public BatchedJournal journal(Pool pool, Duration limit) {
        return new BatchedJournal(pool, TestLeaseConfig.DEFAULTS, clock, "us", limit, LeaseSteps.NONE);
    }

    /** A pool of one connection with that user and port. */
    static Pool pool(String url, int port, String user, String password) {
        PgConnectOptions server =
                PgConnectOptions.fromUri(url).setPort(port).setUser(user).setPassword(password);
        return new Pool(PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(4))
                .connectingTo(server)
                .build());
    }

    /** A transaction of another program that has run a statement and stays open. */
    static Connection open(TestDatabase database, String sql) throws SQLException {
        Connection connection = database.connect();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
        return connection;
    }

    Lease lease(MesosAgentId host, String task) {
        return lease(host, task, Optional.of("c-" + task), active());
    }

    Lease lease(String task, Optional<String> container, LeaseState state) {
        return lease(S1, task, container, state);
    }

    private Lease lease(MesosAgentId host, String task, Optional<String> container, LeaseState state) {
        return new Lease(
                new LeaseId(new UUID(1, ++leases)),
                new LeaseKey(TestLaunches.launch("F1", task, host, 1), CredentialName.DEFAULT),
                TestLaunches.role("a"),
                TestLaunches.POLICY,
                "ab".repeat(32),
                "a-session",
                true,
                container.map(ContainerId::parse),
                NOW,
                Optional.of(NOW.plusSeconds(99)),
                state,
                1);
    }

    static LeaseState active() {
        return new LeaseState.Active(NOW.plusSeconds(3600), NOW.plusSeconds(2000), 0);
    }

    Journal.Entry changed(MesosAgentId host, String task) {
        return changed(lease(host, task));
    }

    static Journal.Entry changed(Lease lease) {
        return changed(lease, 2);
    }

    static Journal.Entry changed(Lease lease, long epoch) {
        return new Journal.Entry.Changed(lease, epoch, event(lease));
    }

    static Journal.Entry ended(Lease lease) {
        Lease reaped = lease.in(new LeaseState.Reaped("TASK_FINISHED", NOW));
        return new Journal.Entry.Ended(reaped, event(reaped, Kind.REAPED));
    }

    Journal.Entry noted(MesosAgentId host, String task) {
        return new Journal.Entry.Noted(host, 2, event(lease(host, task), Kind.REFUSED));
    }

    static Journal.Entry withdrawn(Lease lease) {
        return new Journal.Entry.Withdrawn(
                Withdrawal.of(lease.key(), "its time to live ended"), lease.host(), 2, event(lease, Kind.WITHDRAWN));
    }

    static AuditEvent event(Lease lease) {
        return event(lease, Kind.ISSUED);
    }

    static AuditEvent event(Lease lease, Kind kind) {
        return new AuditEvent(
                NOW,
                kind,
                lease.key(),
                lease.container(),
                Optional.of(lease.id()),
                Optional.of(lease.role()),
                Optional.of(lease.policy()),
                "why",
                Optional.of(true),
                Optional.of(false));
    }
}
