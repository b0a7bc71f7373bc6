package io.mesosiam.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mesosiam.fakes.LogRecords;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.postgres.SessionLock;
import io.mesosiam.postgres.SessionPool;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Audit events reach a file or a syslog, each at least once, and in the order of their ids. */
@Timeout(120)
class AuditStreamTest {
    private final TestDatabase db = TestPostgres.database();

    @TempDir
    private Path directory;

    @AfterEach
    void drop() {
        db.close();
    }

    @Test
    void eventsAreAppendedToTheFileAsJsonLines() throws IOException {
        write("before");
        try (AuditStream stream = started(file("a"))) {
            awaitPosition(1);
            write("one");
            write("two");
            awaitLines("a", 2);
            // the events are counted after the position is written, which follows the file
            await().atMost(TimeLimit.seconds(20)).until(() -> stream.streamed() == 2);
        }

        assertThat(lines("a").getFirst())
                .startsWith("{\"id\":\"")
                .contains("\"kind\":\"lease.issued\"", "\"outcome\":\"done\"", "\"message\":\"one\"");
        assertThat(Files.getPosixFilePermissions(directory.resolve("a"))).hasSize(2);
    }

    @Test
    void aRestartedStreamGoesOnAfterTheLastEvent() throws IOException {
        try (AuditStream _ = started(file("a"))) {
            awaitPosition(0);
            write("one");
            awaitLines("a", 1);
        }
        write("between");
        try (AuditStream _ = started(file("a"))) {
            awaitLines("a", 2);
        }

        assertThat(lines("a").getLast()).contains("\"between\"");
    }

    /** The event with the smaller id becomes visible later. */
    @Test
    void anEventWhoseTransactionCommitsLateIsNotLeftOut() throws IOException, SQLException {
        try (AuditStream _ = started(file("a"));
                Connection late = db.connect();
                Statement statement = late.createStatement()) {
            awaitPosition(0);
            late.setAutoCommit(false);
            statement.execute(insert("late"));
            write("early");
            db.execute("update audit_stream set moved_at = now()");
            late.commit();
            awaitLines("a", 2);
        }

        assertThat(lines("a")).extracting(line -> line.contains("\"late\"")).containsExactly(true, false);
    }

    @Test
    void streamWhoseRowAnotherTransactionHasLockedKeepsNoConnection() throws IOException, SQLException {
        try (AuditStream stream = started(file("a"));
                Connection other = db.connect();
                Statement statement = other.createStatement()) {
            awaitPosition(0);
            other.setAutoCommit(false);
            statement.execute("update audit_stream set moved_at = now()");
            write("one");

            await().atMost(TimeLimit.seconds(20)).until(() -> stream.trouble().isPresent());

            assertThat(db.query("select query from pg_stat_activity where datname = current_database()"
                            + " and wait_event_type = 'Lock'"))
                    .isEmpty();
            other.rollback();
            await().atMost(TimeLimit.seconds(20)).until(() -> stream.trouble().isEmpty());
            write("two");
            awaitLines("a", 2);
            assertThat(lines("a")).extracting(line -> line.contains("\"one\"")).containsExactly(true, false);
        }
    }

    @Test
    void ofTwoControllersOneStreamsAtATimeAndTheOtherGoesOn() throws IOException {
        AuditStream first = started(file("a"));
        awaitPosition(0);
        try (AuditStream second = started(file("a"))) {
            write("one");
            // an event whose position is not yet written is streamed again
            await().atMost(TimeLimit.seconds(20)).until(() -> first.streamed() + second.streamed() == 1);
            first.close();
            write("two");
            await().atMost(TimeLimit.seconds(20)).until(() -> first.streamed() + second.streamed() == 2);
        }
        assertThat(lines("a")).hasSize(2);
    }

    /** Such as a sink that works on one machine alone. */
    @Test
    void troubleEndsOnceAnotherControllerStreams() throws IOException {
        Files.createDirectory(directory.resolve("a"));
        write("before");
        try (AuditStream first = started(file("a"))) {
            awaitPosition(0);
            write("one");
            await().atMost(TimeLimit.seconds(20)).until(() -> first.trouble().isPresent());
            try (SessionLock other = new SessionLock(
                    new SessionPool(db.pool()), "mesos-iam audit stream test", Duration.ofSeconds(10))) {
                await().atMost(TimeLimit.seconds(20))
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> {
                            db.execute(
                                    "select pg_terminate_backend(pid) from pg_locks"
                                            + " where locktype = 'advisory'"
                                            + " and database = (select oid from pg_database where datname = current_database())");
                            return other.tryAcquire() == SessionLock.State.OURS;
                        });

                await().atMost(TimeLimit.seconds(20))
                        .until(() -> first.trouble().isEmpty());
            }
        }
    }

    /** Such as a controller that is frozen, or a lock that another program holds. */
    @Test
    void streamThatNoControllerMovesIsTrouble() throws IOException {
        SessionLock frozen =
                new SessionLock(new SessionPool(db.pool()), "mesos-iam audit stream test", Duration.ofSeconds(10));
        assertThat(frozen.tryAcquire()).isEqualTo(SessionLock.State.OURS);
        try (AuditStream stream = stoppingFor(Duration.ofSeconds(1))) {
            awaitPosition(0);
            write("one");

            await().atMost(TimeLimit.seconds(20)).until(() -> stream.trouble().isPresent());

            frozen.close();
            awaitLines("a", 1);
            await().atMost(TimeLimit.seconds(20)).until(() -> stream.trouble().isEmpty());
        } finally {
            frozen.close();
        }
    }

    @Test
    void streamThatWaitsForAnOpenTransactionIsTrouble() throws IOException, SQLException {
        try (AuditStream stream = stoppingFor(Duration.ofSeconds(1));
                Connection late = db.connect();
                Statement statement = late.createStatement()) {
            awaitPosition(0);
            late.setAutoCommit(false);
            statement.execute(insert("late"));
            write("early");

            await().atMost(TimeLimit.seconds(20)).until(() -> stream.trouble().isPresent());

            late.commit();
            awaitLines("a", 2);
            await().atMost(TimeLimit.seconds(20)).until(() -> stream.trouble().isEmpty());
        }
    }

    /**
     * After an outage of all controllers, or with a position that an operator sets back, the events that wait are old, and the holder
     * of the lock has just begun with them.
     */
    @Test
    void oldEventsThatTheHolderOfTheLockHasNotPassedOnYetAreNoTrouble() throws IOException {
        write("old");
        db.execute("insert into audit_stream (sink, position, moved_at) values ('test', 0, now() - interval '1 hour')");
        db.execute("do $$ begin set local session_replication_role = replica;"
                + " update audit_event set occurred_at = occurred_at - interval '2 minutes'; end $$");
        try (SessionLock holder = new SessionLock(
                        new SessionPool(db.pool()), "mesos-iam audit stream test", Duration.ofSeconds(10));
                LogRecords log = new LogRecords(AuditStream.class.getName())) {
            assertThat(holder.tryAcquire()).isEqualTo(SessionLock.State.OURS);
            Duration longest = Duration.ofSeconds(2);
            long begun = System.nanoTime();
            try (AuditStream stream = stoppingFor(longest)) {
                await().atMost(TimeLimit.seconds(20))
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> stream.trouble().isPresent());

                assertThat(Duration.ofNanos(System.nanoTime() - begun))
                        .as("it counts from the first check, not from the events' times")
                        .isGreaterThan(longest);
                assertThat(log.lines()).singleElement().asString().contains("audit stream interrupted");
            }
        }
    }

    @Test
    void streamThatIsClosedWhileTheDatabaseIsAskedSaysNothing() throws IOException, SQLException {
        try (Connection other = db.connect();
                Statement statement = other.createStatement();
                LogRecords log = new LogRecords("")) {
            AuditStream stream = started(file("a"));
            awaitPosition(0);
            other.setAutoCommit(false);
            statement.execute("lock table audit_stream in access exclusive mode");
            await().atMost(TimeLimit.seconds(20))
                    .until(() -> !db.query("select pid from pg_stat_activity where datname = current_database()"
                                    + " and wait_event_type = 'Lock'")
                            .isEmpty());

            stream.close();
            other.rollback();

            await().during(Duration.ofMillis(500))
                    .atMost(TimeLimit.seconds(20))
                    .until(() ->
                            stream.loop().failures() == 0 && stream.trouble().isEmpty());
            assertThat(log.lines()).noneMatch(line -> line.contains("interrupted") || line.contains("loop failed"));
        }
    }

    @Test
    void afterARotationANewFileBeginsAndAPartialLineIsEnded() throws IOException {
        Files.writeString(directory.resolve("a"), "{\"partial");
        try (AuditStream _ = started(file("a"))) {
            awaitPosition(0);
            write("one");
            awaitLines("a", 2);
            Files.move(directory.resolve("a"), directory.resolve("a.1"));
            write("two");
            awaitLines("a", 1);
        }

        assertThat(lines("a.1")).hasSize(2).first().isEqualTo("{\"partial");
        assertThat(lines("a")).singleElement().asString().contains("\"two\"");
    }

    @Test
    void whileTheSinkFailsEventsWait() throws IOException {
        Files.createDirectory(directory.resolve("a"));
        try (AuditStream stream = started(file("a"))) {
            awaitPosition(0);
            write("one");
            await().atMost(TimeLimit.seconds(20)).until(() -> stream.trouble().isPresent());
            Files.delete(directory.resolve("a"));
            awaitLines("a", 1);
            await().atMost(TimeLimit.seconds(20)).until(() -> stream.trouble().isEmpty());
        }
    }

    @Test
    void syslogByTcpCountsTheBytesOfEachMessage() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                AuditStream _ = started(syslog("tcp", server.getLocalPort()))) {
            server.setSoTimeout(TimeLimit.millis(20_000));
            awaitPosition(0);
            write("ü");
            write("two");
            try (Socket client = server.accept()) {
                InputStream in = new BufferedInputStream(client.getInputStream());
                assertThat(message(in)).startsWith("<110>1 ").contains("\"message\":\"ü\"");
                assertThat(message(in)).contains("\"message\":\"two\"");
            }
            write("three");
            try (Socket client = server.accept()) {
                assertThat(message(new BufferedInputStream(client.getInputStream())))
                        .contains("\"three\"");
            }
        }
    }

    /** The server takes the connection and reads nothing, until the sockets' buffers are full. */
    @Test
    void syslogThatStopsReadingIsTroubleAndEventsGoOnOnceItReads() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(TimeLimit.millis(20_000));
            try (AuditStream stream =
                    started(syslog("tcp", server.getLocalPort()), TimeLimit.of(Duration.ofSeconds(1)))) {
                awaitPosition(0);
                db.execute("insert into audit_event (kind, actor, message, detail) select 'lease.issued', 'c-1', n,"
                        + " jsonb_build_object('text', repeat('x', 60000)) from generate_series(1, 200) as n");
                try (Socket client = server.accept()) {
                    await().atMost(TimeLimit.seconds(20))
                            .until(() -> stream.trouble().isPresent());
                    assertThat(stream.loop().failures()).isZero();

                    InputStream in = new BufferedInputStream(client.getInputStream());
                    for (int event = 1; event <= 200; event++) {
                        assertThat(message(in)).contains("\"message\":\"" + event + "\"");
                    }
                    await().atMost(TimeLimit.seconds(20))
                            .until(() -> stream.trouble().isEmpty());
                }
            }
        }
    }

    @Test
    void syslogByUdpSendsADatagramForEachEvent() throws IOException {
        try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                AuditStream _ = started(syslog("udp", server.getLocalPort()))) {
            server.setSoTimeout(TimeLimit.millis(20_000));
            awaitPosition(0);
            write("one");
            DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
            server.receive(packet);
            assertThat(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8))
                    .startsWith("<110>1 ")
                    .contains("\"message\":\"one\"");
        }
    }

    private static String message(InputStream in) throws IOException {
        int length = 0;
        for (int digit = in.read(); digit != ' '; digit = in.read()) {
            assertThat(digit).isBetween((int) '0', (int) '9');
            length = length * 10 + digit - '0';
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    @Test
    void lostConnectionIsTroubleAndNoDefectOfTheLoop() throws IOException {
        write("before");
        try (AuditStream stream = started(file("away"))) {
            awaitPosition(1);
            await().atMost(TimeLimit.seconds(20)).until(() -> {
                db.execute("select pg_terminate_backend(pid) from pg_stat_activity"
                        + " where datname = current_database() and pid <> pg_backend_pid()");
                return stream.trouble().isPresent();
            });

            assertThat(stream.loop().failures()).isZero();
            assertThat(stream.loop().trouble()).isEmpty();
            write("after");
            awaitLines("away", 1);
            // one more connection that was ended may come from the pool
            await().atMost(TimeLimit.seconds(20)).until(() -> stream.trouble().isEmpty());
        }
    }

    private AuditStream started(AuditConfig.Stream config) {
        return started(config, Duration.ofSeconds(30));
    }

    private AuditStream started(AuditConfig.Stream config, Duration writeLimit) {
        return started(config, writeLimit, Duration.ofMinutes(1));
    }

    private AuditStream stoppingFor(Duration longest) {
        return started(file("a"), Duration.ofSeconds(30), longest);
    }

    private AuditStream started(AuditConfig.Stream config, Duration writeLimit, Duration longestStop) {
        AuditStream stream = new AuditStream(
                db.pool(), new SessionPool(db.pool()), config, Duration.ofMillis(20), writeLimit, longestStop);
        stream.start();
        return stream;
    }

    private void awaitPosition(long least) {
        await().atMost(TimeLimit.seconds(20))
                .until(() -> !db.query("select 1 from audit_stream where position >= " + least)
                        .isEmpty());
    }

    private void awaitLines(String name, int count) {
        await().atMost(TimeLimit.seconds(20)).until(() -> {
            Path file = directory.resolve(name);
            return Files.isRegularFile(file) && Files.readAllLines(file).size() >= count;
        });
    }

    private List<String> lines(String name) throws IOException {
        return Files.readAllLines(directory.resolve(name));
    }

    private void write(String message) {
        db.execute(insert(message));
    }

    private static String insert(String message) {
        return "insert into audit_event (kind, actor, message) values ('lease.issued', 'c-1', '" + message + "')";
    }

    private AuditConfig.Stream file(String name) {
        return new TestStream(Optional.of(directory.resolve(name)), Optional.empty());
    }

    private static AuditConfig.Stream syslog(String scheme, int port) {
        return new TestStream(Optional.empty(), Optional.of(URI.create(scheme + "://127.0.0.1:" + port)));
    }

    private record TestStream(Optional<Path> file, Optional<URI> syslog) implements AuditConfig.Stream {
        @Override
        public String name() {
            return "test";
        }
    }
}
