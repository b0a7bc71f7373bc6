package io.mesosiam.channel;

import static io.mesosiam.channel.ChannelFixture.S1;
import static io.mesosiam.channel.ChannelFixture.hello;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.HeardEvents.Asked;
import io.mesosiam.channel.HeardEvents.Claimed;
import io.mesosiam.channel.HeardEvents.Connected;
import io.mesosiam.channel.HeardEvents.Disconnected;
import io.mesosiam.channel.HeardEvents.LateClaim;
import io.mesosiam.channel.wire.AgentMessage.Ask;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.lease.HostStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The claim on a host, from the stream that enters it to the stream that replaces it. */
class StreamClaimsTest {
    private final ChannelFixture fixture = new ChannelFixture();

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void agentsThatReplaceEachOthersStreamWaitLongerEachTime() throws Exception {
        List<Fault> faults = new ArrayList<>();
        StreamClient last = fixture.open();
        for (int i = 0; i < 4; i++) {
            StreamClient next = fixture.open();
            faults.add(last.receiveEnd());
            last = next;
        }

        assertThat(faults).allSatisfy(fault -> assertThat(fault.code()).isEqualTo("superseded"));
        assertThat(faults)
                .extracting(Fault::persistence)
                .containsExactly(
                        new Fault.Passing(Fault.DEFAULT_RETRY),
                        new Fault.Passing(Duration.ofSeconds(2)),
                        new Fault.Passing(Duration.ofSeconds(4)),
                        new Fault.Passing(Duration.ofSeconds(8)));
        fixture.assertStillServed(last);
    }

    @Test
    void newestStreamOfAHostReplacesTheOlderOne() throws Exception {
        StreamClient old = fixture.open();
        assertThat(fixture.events.next()).isInstanceOf(Connected.class);

        StreamClient late = fixture.open();

        assertThat(old.receiveEnd().code()).isEqualTo("superseded");
        assertThat(fixture.events.next()).isEqualTo(new Connected(S1, 2, List.of(), Map.of()));
        late.close();
        assertThat(fixture.events.next()).isEqualTo(new Disconnected(S1, 2));
    }

    @Test
    void endOfAStreamIsRecorded() throws Exception {
        fixture.open().close();

        assertThat(fixture.events.next()).isInstanceOf(Connected.class);
        assertThat(fixture.events.next()).isEqualTo(new Disconnected(S1, 1));
        StreamClient again = fixture.open();
        fixture.assertStillServed(again);
    }

    @Test
    void streamThatItsAgentClosesBeforeItHasTheHostsStateIsNotOpen() throws Exception {
        CompletableFuture<HostStream> waiting = new CompletableFuture<>();
        CompletableFuture<Void> looked = new CompletableFuture<>();
        fixture.events.beforeState(stream -> {
            waiting.complete(stream);
            looked.join();
        });
        StreamClient agent = fixture.connect();
        agent.send(hello(S1));
        HostStream stream = waiting.join();
        assertThat(stream.isOpen()).isTrue();

        agent.close();

        await("the stream isn't open", () -> !stream.isOpen());
        looked.complete(null);
    }

    @Test
    void claimUnderWhichNoStreamGoesOnIsReported() throws Exception {
        fixture.open();
        assertThat(fixture.events.next()).isInstanceOf(Connected.class);
        StreamClient agent;
        try (RowLock _ = RowLock.ofAgents(fixture.database())) {
            agent = fixture.connect();
            agent.send(hello(S1));
            await("the claim waits for the row", () -> fixture.database()
                    .query("select count(*) > 0 from pg_locks where not granted")
                    .equals(List.of("t")));
            fixture.channel.admitNoMore();
        }

        assertThat(agent.receiveEnd().code()).isEqualTo("stopping");
        assertThat(fixture.events.next()).isEqualTo(new LateClaim(S1, 2, true));
        assertThat(fixture.events.next()).isEqualTo(new Disconnected(S1, 2));
    }

    private static void await(String what, BooleanSupplier condition) {
        Instant end = Instant.now().plus(TimeLimit.seconds(20));
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).as(what).isBefore(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void drainingHostStaysDraining() throws Exception {
        fixture.open();
        fixture.database().execute("update agent set state = 'draining'");

        fixture.open();

        assertThat(fixture.database().query("select state || ' ' || epoch from agent"))
                .containsExactly("draining 2");
    }

    @Test
    void claimsAreProvisionalWhileTheDatabaseIsUnavailable() throws Exception {
        fixture.open();
        fixture.database().execute("alter table agent rename to agent_away");
        StreamClient agent;
        try {
            agent = fixture.connect();
            agent.send(hello(S1));
            assertThat(agent.receive(Sync.class).epoch()).isEqualTo(1);
            fixture.recheck();
            fixture.assertStillServed(agent);
        } finally {
            fixture.database().execute("alter table agent_away rename to agent");
        }

        assertThat(fixture.events.next()).isInstanceOf(Connected.class);
        assertThat(fixture.events.next()).isInstanceOf(Connected.class);
        await("the host is claimed", () -> {
            fixture.recheck();
            return !fixture.events.isEmpty();
        });

        assertThat(fixture.events.next()).isEqualTo(new Claimed(S1, 1, 2));
        fixture.assertStillServed(agent);
        agent.close();
        assertThat(fixture.events.next()).isEqualTo(new Disconnected(S1, 2));
    }

    @Test
    void messagesAreHandledWhileTheHostIsClaimedAgain() throws Exception {
        StreamClient agent;
        fixture.database().execute("alter table agent rename to agent_away");
        try {
            agent = fixture.connect();
            agent.send(hello(S1));
            assertThat(agent.receive(Sync.class).epoch()).isZero();
        } finally {
            fixture.database().execute("alter table agent_away rename to agent");
        }
        assertThat(fixture.events.next()).isInstanceOf(Connected.class);
        CompletableFuture<Void> free = new CompletableFuture<>();
        fixture.beforeClaim(free::join);

        fixture.recheck();
        agent.send(new Ask("c", "default"));

        assertThat(fixture.events.next()).isInstanceOf(Asked.class);
        free.complete(null);
        assertThat(fixture.events.next()).isEqualTo(new Claimed(S1, 0, 1));
    }

    /** What was written under it would wait for an answer: nothing claims the host for a stream that has ended. */
    @Test
    void claimsOfAStreamThatGoesOnWithoutOneEndWithIt() throws Exception {
        fixture.database().execute("alter table agent rename to agent_away");
        try {
            StreamClient agent = fixture.connect();
            agent.send(hello(S1));
            assertThat(agent.receive(Sync.class).epoch()).isZero();
            assertThat(fixture.events.claims(S1)).isEqualTo(1);
            agent.close();

            assertThat(fixture.events.next()).isInstanceOf(Connected.class);
            assertThat(fixture.events.next()).isEqualTo(new Disconnected(S1, 0));
            await("no claim is left", () -> fixture.events.claims(S1) == 0);
        } finally {
            fixture.database().execute("alter table agent_away rename to agent");
        }
    }

    @Test
    void claimThatFailsAfterItsStreamHasEndedEndsThen() throws Exception {
        try (ChannelFixture hasty =
                new ChannelFixture(TimeLimit.seconds(10), 100, TimeLimit.of(Duration.ofMillis(200)))) {
            hasty.open().close();
            assertThat(hasty.events.next()).isInstanceOf(Connected.class);
            assertThat(hasty.events.next()).isInstanceOf(Disconnected.class);
            try (RowLock lock = RowLock.ofAgents(hasty.database())) {
                StreamClient agent = hasty.connect();
                agent.send(hello(S1));
                agent.receive(Sync.class);
                agent.close();
                assertThat(hasty.events.next()).isInstanceOf(Connected.class);
                assertThat(hasty.events.next()).isEqualTo(new Disconnected(S1, 1));

                assertThat(hasty.events.claims(S1)).isEqualTo(1);

                lock.execute("select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'");

                await("no claim is left", () -> hasty.events.claims(S1) == 0);
            }
        }
    }

    @Test
    void streamThatEndsDoesNotClaimItsHostAgain() throws Exception {
        fixture.open();
        fixture.database().execute("alter table agent rename to agent_away");
        StreamClient agent;
        try {
            agent = fixture.connect();
            agent.send(hello(S1));
            assertThat(agent.receive(Sync.class).epoch()).isEqualTo(1);
        } finally {
            fixture.database().execute("alter table agent_away rename to agent");
        }
        Instant now = Instant.now();
        fixture.clock(now.plus(Duration.ofDays(2)));

        fixture.recheck();

        assertThat(agent.receiveEnd().code()).isEqualTo("certificate-expired");
        fixture.clock(now);
        StreamClient next = fixture.connect();
        next.send(hello(S1));
        assertThat(next.receive(Sync.class).epoch()).isEqualTo(2);
    }

    @Test
    void lateClaimIsConfirmedWithinTheStream() throws Exception {
        try (ChannelFixture hasty = new ChannelFixture(TimeLimit.seconds(1), 100, TimeLimit.seconds(2))) {
            hasty.open().close();
            assertThat(hasty.events.next()).isInstanceOf(Connected.class);
            assertThat(hasty.events.next()).isInstanceOf(Disconnected.class);
            StreamClient agent;
            try (RowLock _ = RowLock.ofAgents(hasty.database())) {
                agent = hasty.connect();
                agent.send(hello(S1));
                // longer than the hello timeout: the hello has arrived, only the claim is slow
                assertThat(agent.receive(Sync.class).epoch()).isEqualTo(1);
            }

            assertThat(hasty.events.next()).isEqualTo(new Connected(S1, 1, List.of(), Map.of()));
            assertThat(hasty.events.next()).isEqualTo(new Claimed(S1, 1, 2));
            assertThat(agent.isOpen()).isTrue();
        }
    }

    /** Earlier entries of the host may wait for the answer, and no stream goes on under it. */
    @Test
    void lateClaimOfAHostThatTheMasterDoesNotListIsReported() throws Exception {
        try (ChannelFixture hasty =
                new ChannelFixture(TimeLimit.seconds(10), 100, TimeLimit.of(Duration.ofMillis(200)))) {
            hasty.open().close();
            assertThat(hasty.events.next()).isInstanceOf(Connected.class);
            assertThat(hasty.events.next()).isInstanceOf(Disconnected.class);
            hasty.cluster(Clusters.of());
            try (RowLock _ = RowLock.ofAgents(hasty.database())) {
                StreamClient agent = hasty.connect();
                agent.send(hello(S1));
                assertThat(agent.receiveEnd().persistence()).isInstanceOf(Fault.Passing.class);
                assertThat(hasty.events.claims(S1)).isEqualTo(1);
            }

            assertThat(hasty.events.next()).isEqualTo(new LateClaim(S1, 2, true));
            await("no claim is left", () -> hasty.events.claims(S1) == 0);
            await("the host has no stream", () -> hasty.database()
                    .query("select state || ' ' || epoch from agent")
                    .equals(List.of("disconnected 2")));
        }
    }

    /** Its answer came in time, and the host's rows can't be read. */
    @Test
    void claimOfAHostWhoseStateIsNotKnownIsReported() throws Exception {
        fixture.events.state(() -> {
            throw new IllegalStateException("rows can't be read");
        });

        StreamClient agent = fixture.connect();
        agent.send(hello(S1));

        assertThat(agent.receiveEnd().code()).isEqualTo("not-ready");
        assertThat(fixture.events.next()).isInstanceOf(Connected.class);
        assertThat(fixture.events.next()).isEqualTo(new LateClaim(S1, 1, true));
        await("no claim is left", () -> fixture.events.claims(S1) == 0);
    }

    @Test
    void lateClaimAfterAnotherControllersClaimEndsTheStreamWithAPassingFault() throws Exception {
        try (ChannelFixture hasty =
                new ChannelFixture(TimeLimit.seconds(10), 100, TimeLimit.of(Duration.ofMillis(200)))) {
            hasty.open();
            StreamClient agent;
            try (RowLock lock = RowLock.ofAgents(hasty.database())) {
                agent = hasty.connect();
                agent.send(hello(S1));
                agent.receive(Sync.class);
                lock.execute("update agent set epoch = epoch + 1, controller_id = 'controller-2'");
            }

            Fault fault = agent.receiveEnd();
            assertThat(fault.code()).isEqualTo("claim-again");
            assertThat(fault.persistence()).isInstanceOf(Fault.Passing.class);
            assertThat(hasty.events.next()).isEqualTo(new Connected(S1, 1, List.of(), Map.of()));
            assertThat(hasty.events.next()).isEqualTo(new Connected(S1, 1, List.of(), Map.of()));
            assertThat(hasty.events.next()).isEqualTo(new LateClaim(S1, 3, false));
        }
    }

    @Test
    void streamOfAHostThatAnotherControllerHasClaimedEndsWithAPassingFault() throws Exception {
        StreamClient agent = fixture.open();

        fixture.channel.claimedByAnother(S1, 0);
        fixture.assertStillServed(agent);
        fixture.channel.claimedByAnother(S1, 1);

        Fault fault = agent.receiveEnd();
        assertThat(fault.code()).isEqualTo("claim-again");
        assertThat(fault.persistence()).isInstanceOf(Fault.Passing.class);
    }

    @Test
    void streamEndsWithAPassingFaultIfItsAgentIsToReportAgainWhatItHolds() throws Exception {
        StreamClient agent = fixture.open();

        fixture.channel.connectAgain(S1, 0);
        fixture.assertStillServed(agent);
        fixture.channel.connectAgain(S1, 1);

        Fault fault = agent.receiveEnd();
        assertThat(fault.code()).isEqualTo("hello-again");
        assertThat(fault.persistence()).isInstanceOf(Fault.Passing.class);
    }

    /** A transaction that holds the rows of table {@code agent} until it is closed. */
    private static final class RowLock implements AutoCloseable {
        private final Connection connection;

        private RowLock(Connection connection) {
            this.connection = connection;
        }

        static RowLock ofAgents(TestDatabase database) throws SQLException {
            Connection connection =
                    DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
            connection.setAutoCommit(false);
            RowLock lock = new RowLock(connection);
            lock.execute("select from agent for update");
            return lock;
        }

        void execute(String sql) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }

        @Override
        public void close() throws SQLException {
            connection.commit();
            connection.close();
        }
    }
}
