package io.mesosiam.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.config.AgentConfig;
import io.mesosiam.agent.config.AgentKey;
import io.mesosiam.agent.config.HostIdentity;
import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.agent.serve.Answer;
import io.mesosiam.channel.wire.AgentMessage.Ack;
import io.mesosiam.channel.wire.AgentMessage.Ask;
import io.mesosiam.channel.wire.AgentMessage.Containers;
import io.mesosiam.channel.wire.AgentMessage.Held;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.AgentMessage.Nack;
import io.mesosiam.channel.wire.AgentMessage.RunningContainer;
import io.mesosiam.channel.wire.ControllerMessage.ClearRefusal;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.ControllerMessage.Remove;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.ControllerMessage.Upsert;
import io.mesosiam.channel.wire.ControllerMessage.WireSession;
import io.mesosiam.channel.wire.Protocol;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.secret.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControllerLinkTest {
    private static final Instant EXPIRATION = Instant.parse("2090-01-01T00:00:00Z");
    private static final Duration LONG = TimeLimit.seconds(20);
    private static final LinkTiming USUAL = LinkTiming.USUAL;

    /** No jitter: each random wait has its shortest length. */
    private static final RandomGenerator AT_ONCE = () -> 0;

    @TempDir
    private static Path directory;

    private static TestCa ca;
    private static TestCa.Identity ofController;
    private static TestCa.Identity ofAgent;

    private final LeaseStore store = new LeaseStore(InstantSource.system());
    private final AtomicReference<Set<Container>> running = new AtomicReference<>(Set.of(new Container("task", 4711)));
    private LinkTiming timing = USUAL;
    private final UnexpectedFailures failures = new UnexpectedFailures();
    private ControllerLink link;

    @BeforeAll
    static void certificates() {
        ca = TestCa.in(directory);
        ofController = ca.issue("dns:localhost");
        ofAgent = ca.issue("dns:host-1");
    }

    @AfterEach
    void stop() {
        if (link != null) {
            link.close();
        }
        store.close();
    }

    @Test
    void helloHasTheHostsIdentityAndContainers() throws Exception {
        try (FakeController controller = new FakeController(ca, ofController)) {
            dial(controller.uri());

            FakeController.Connection agent = controller.accept();

            assertThat(agent.path()).isEqualTo(Protocol.PATH);
            assertThat(agent.next(Hello.class))
                    .isEqualTo(new Hello(
                            Protocol.VERSION,
                            "unknown",
                            "host-1",
                            "f00d-S1",
                            List.of(),
                            List.of(new RunningContainer("task", 4711))));
        }
    }

    @Test
    void metricsShowWhetherAControllerIsConnectedAndForHowLongNoneWas() throws Exception {
        try (FakeController controller = new FakeController(ca, ofController)) {
            dial(controller.uri());
            FakeController.Connection agent = greeted(controller);
            assertThat(metrics())
                    .contains("mesosiam_agent_controller_connected 0\n")
                    .doesNotContain("\nmesosiam_agent_controller_unsynced_seconds ");

            agent.send(new Sync(1, List.of(served("lease-1", 1, "task"))));
            agent.next(Ack.class);
            assertThat(metrics())
                    .contains("mesosiam_agent_controller_connected 1\n")
                    .contains("\nmesosiam_agent_controller_unsynced_seconds 0\n");
        }
        link.close();
        assertThat(metrics())
                .contains("mesosiam_agent_controller_connected 0\n")
                .containsPattern("\nmesosiam_agent_controller_unsynced_seconds [0-9.]+\n");
    }

    private String metrics() {
        Exposition exposition = new Exposition();
        link.expose(exposition);
        return exposition.toString();
    }

    @Test
    void controllersMessagesAreAppliedAndAcknowledged() throws Exception {
        try (FakeController controller = new FakeController(ca, ofController)) {
            dial(controller.uri());
            FakeController.Connection agent = greeted(controller);

            agent.send(new Sync(1, List.of(served("lease-1", 1, "task"))));
            assertThat(agent.next(Ack.class)).isEqualTo(new Ack("lease-1", 1));
            assertThat(store.find("task", "default")).isInstanceOf(Answer.Lease.class);

            agent.send(new Upsert(
                    new Entry.Kept("lease-2", 1, Optional.of("other"), "default", "arn:aws:iam::1:role/r", "hash")));
            assertThat(agent.next(Nack.class).code()).isEqualTo("SessionMissing");

            agent.send(new Upsert(new Entry.Refusal("denied", "default", "NoPolicy", "no")));
            assertThat(store.await("denied", "default", LONG)).isInstanceOf(Answer.Refusal.class);

            agent.send(new ClearRefusal("denied", "default"));
            agent.send(new Remove("lease-1", "task ended"));
            agent.send(new Upsert(served("lease-3", 1, "third")));
            assertThat(agent.next(Ack.class)).isEqualTo(new Ack("lease-3", 1));
            assertThat(store.find("denied", "default")).isInstanceOf(Answer.Nothing.class);
            assertThat(store.find("task", "default")).isInstanceOf(Answer.Nothing.class);
        }
    }

    @Test
    void messagesOfUnknownTypeAreSkipped() throws Exception {
        try (FakeController controller = new FakeController(ca, ofController)) {
            dial(controller.uri());
            FakeController.Connection agent = greeted(controller);

            agent.send("{\"type\":\"dance\",\"tempo\":120}");
            agent.send(new Upsert(served("lease-1", 1, "task")));

            assertThat(agent.next(Ack.class)).isEqualTo(new Ack("lease-1", 1));
        }
    }

    @Test
    void repeatedRequestsSendOneAsk() throws Exception {
        timing = new LinkTiming(USUAL.connect(), USUAL.ping(), USUAL.silence(), Duration.ofHours(1));
        try (FakeController controller = new FakeController(ca, ofController)) {
            dial(controller.uri());
            FakeController.Connection agent = greeted(controller);

            link.requestLease("task", "default");
            link.requestLease("task", "default");
            link.requestLease("task", "other");

            assertThat(agent.next(Ask.class)).isEqualTo(new Ask("task", "default"));
            assertThat(agent.next(Ask.class)).isEqualTo(new Ask("task", "other"));
        }
    }

    @Test
    void askFromBeforeTheStreamFollowsTheHello() throws Exception {
        timing = new LinkTiming(USUAL.connect(), USUAL.ping(), USUAL.silence(), Duration.ofHours(1));
        try (FakeController controller = new FakeController(ca, ofController)) {
            link = link(List.of(controller.uri()), ofAgent);
            link.requestLease("task", "default");
            link.start(running::get);

            assertThat(greeted(controller).next(Ask.class)).isEqualTo(new Ask("task", "default"));
        }
    }

    @Test
    void startedAndEndedContainersAreReported() throws Exception {
        try (FakeController controller = new FakeController(ca, ofController)) {
            dial(controller.uri());
            FakeController.Connection agent = greeted(controller);

            link.containersChanged();
            running.set(Set.of(new Container("task", 4712), new Container("next", 1)));
            link.containersChanged();

            Containers change = agent.next(Containers.class);
            assertThat(change.started())
                    .containsExactlyInAnyOrder(new RunningContainer("task", 4712), new RunningContainer("next", 1));
            assertThat(change.ended()).containsExactly(new RunningContainer("task", 4711));
        }
    }

    @Test
    void lostStreamIsReplacedWhileLeasesAreServed() throws Exception {
        try (FakeController controller = new FakeController(ca, ofController)) {
            dial(controller.uri());
            FakeController.Connection agent = greeted(controller);
            agent.send(new Sync(1, List.of(served("lease-1", 1, "task"))));
            agent.next(Ack.class);

            agent.close();

            assertThat(controller.accept().next(Hello.class).held())
                    .containsExactly(new Held("lease-1", "hash", EXPIRATION));
            assertThat(store.find("task", "default")).isInstanceOf(Answer.Lease.class);
        }
    }

    @Test
    void malformedFrameEndsTheStreamButNoLease() throws Exception {
        try (FakeController controller = new FakeController(ca, ofController)) {
            dial(controller.uri());
            FakeController.Connection agent = greeted(controller);
            agent.send(new Sync(1, List.of(served("lease-1", 1, "task"))));
            agent.next(Ack.class);

            agent.send("{\"type\":\"remove\",\"leaseId\":7}");

            assertThat(controller.accept().next(Hello.class).held()).hasSize(1);
            assertThat(store.find("task", "default")).isInstanceOf(Answer.Lease.class);
        }
    }

    @Test
    void streamWithoutASyncIsEnded() throws Exception {
        timing = new LinkTiming(USUAL.connect(), Duration.ofMillis(10), Duration.ofMillis(100), USUAL.ask());
        try (FakeController controller = new FakeController(ca, ofController)) {
            dial(controller.uri());

            greeted(controller);

            greeted(controller);
        }
    }

    @Test
    void stoppingControllerIsDialledAgainAtOnceWithoutAnAsk() throws Exception {
        try (FakeController controller = new FakeController(ca, ofController)) {
            dial(controller.uri());

            greeted(controller).send(Fault.passing("stopping", "the controller is stopping"));

            greeted(controller).send(Fault.passing("not-registered", "not yet"));
            assertThat(store.find("task", "default")).isInstanceOf(Answer.Nothing.class);
            greeted(controller);
        }
    }

    @Test
    void refusedAgentTriesAnotherControllerAndContinuesToServe() throws Exception {
        try (FakeController first = new FakeController(ca, ofController);
                FakeController second = new FakeController(ca, ofController)) {
            store.upsert(served("lease-1", 1, "task"));
            DialPlan plan = new DialPlan(List.of(first.uri(), second.uri()), AT_ONCE);
            FakeController refusing =
                    plan.next(Instant.now(), false).controller().equals(first.uri()) ? first : second;
            link = link(List.of(first.uri(), second.uri()), ofAgent);
            link.start(running::get);

            greeted(refusing).send(Fault.lasting("HostMismatch", "the certificate names another host"));

            FakeController.Connection other = greeted(refusing == first ? second : first);
            other.send(new Upsert(served("lease-2", 1, "next")));
            other.next(Ack.class);
            assertThat(refusing.hasConnections()).isFalse();
            assertThat(store.find("task", "default")).isInstanceOf(Answer.Lease.class);
        }
    }

    @Test
    void controllerWithAWrongCertificateGetsNoMessage() throws Exception {
        TestCa stranger = TestCa.in(java.nio.file.Files.createDirectory(directory.resolve("stranger")));
        try (FakeController otherCa = new FakeController(ca, stranger.issue("dns:localhost"));
                FakeController otherName = new FakeController(ca, ca.issue("dns:controller.example"));
                FakeController right = new FakeController(ca, ofController)) {
            link = link(List.of(otherCa.uri(), otherName.uri(), right.uri()), ofAgent);
            link.start(running::get);

            greeted(right);

            assertThat(otherCa.hasConnections()).isFalse();
            assertThat(otherName.hasConnections()).isFalse();
        }
    }

    @Test
    void waitsDependOnElapsedTimeNotOnTheWallClock() throws Exception {
        try (FakeController controller = new FakeController(ca, ofController)) {
            link = link(
                    () -> {},
                    new DialPlan(List.of(controller.uri()), AT_ONCE),
                    () -> System.nanoTime() - Duration.ofDays(40_000).toNanos());
            link.start(running::get);

            greeted(controller);
        }
    }

    @Test
    void keyThatAppearsLaterIsUsedWithoutARestart() throws Exception {
        CountDownLatch tried = new CountDownLatch(2);
        try (FakeController controller = new FakeController(ca, ofController)) {
            link = new ControllerLink(
                    new ControllerLink.Peer() {
                        @Override
                        public SSLContext tls() throws IOException {
                            tried.countDown();
                            if (tried.getCount() > 0) {
                                throw new IOException("no such file");
                            }
                            return AgentKey.tls(files(ofAgent));
                        }

                        @Override
                        public HostIdentity identity() {
                            return new HostIdentity("host-1", "f00d-S1");
                        }
                    },
                    new DialPlan(List.of(controller.uri()), AT_ONCE),
                    store,
                    System::nanoTime,
                    timing,
                    failures);
            link.start(running::get);

            greeted(controller);
        }
    }

    @Test
    void errorBeforeTheHelloDoesNotStopDialling() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (FakeController controller = new FakeController(ca, ofController)) {
            link = link(
                    () -> {
                        if (calls.getAndIncrement() == 0) {
                            throw new StackOverflowError("thrown by the test");
                        }
                    },
                    new DialPlan(List.of(controller.uri()), AT_ONCE),
                    System::nanoTime);
            link.start(running::get);

            greeted(controller);
            assertThat(failures.count()).isEqualTo(1);
        }
    }

    @Test
    void errorWhileTheNextControllerIsChosenDoesNotStopDialling() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (FakeController controller = new FakeController(ca, ofController)) {
            link = link(() -> {}, new DialPlan(List.of(controller.uri()), AT_ONCE), () -> {
                // the first call is the constructor's
                if (calls.getAndIncrement() == 1) {
                    throw new ArithmeticException("thrown by the test");
                }
                return System.nanoTime();
            });
            link.start(running::get);

            greeted(controller);
            assertThat(failures.count()).isEqualTo(1);
        }
    }

    @Test
    void errorWhileAStreamsEndIsNotedDoesNotStopDialling() throws Exception {
        AtomicInteger identities = new AtomicInteger();
        AtomicInteger waits = new AtomicInteger();
        RandomGenerator broken = () -> {
            if (waits.getAndIncrement() == 0) {
                throw new LinkageError("thrown by the test");
            }
            return 0;
        };
        try (FakeController controller = new FakeController(ca, ofController)) {
            link = link(
                    () -> {
                        if (identities.getAndIncrement() == 0) {
                            throw new IOException("no Mesos agent yet");
                        }
                    },
                    new DialPlan(List.of(controller.uri()), broken),
                    System::nanoTime);
            link.start(running::get);

            greeted(controller);
            assertThat(failures.count()).isEqualTo(1);
        }
    }

    @Test
    void logNamesTheRefusedCertificateAndItsSetting() throws Exception {
        TestCa other = TestCa.in(java.nio.file.Files.createDirectory(directory.resolve("other")));
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord event) {
                lines.add(event.getMessage() + Arrays.toString(event.getParameters()));
            }

            @Override
            public void flush() {
                // nothing to wait for
            }

            @Override
            public void close() {
                // nothing to close
            }
        };
        Logger log = Logger.getLogger(StreamEnd.class.getName());
        log.addHandler(handler);
        try (FakeController controller = new FakeController(ca, ofController)) {
            link = link(List.of(controller.uri()), other.issue("dns:host-1"));
            link.start(running::get);

            assertThat(lines.poll(LONG.toMillis(), TimeUnit.MILLISECONDS))
                    .contains("the controller refused this agent's certificate", "MESOS_IAM_AGENT_CERTIFICATE");
        } finally {
            log.removeHandler(handler);
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private ControllerLink link(Step beforeIdentity, DialPlan plan, LongSupplier clock) {
        return new ControllerLink(
                new ControllerLink.Peer() {
                    @Override
                    public SSLContext tls() throws IOException {
                        return AgentKey.tls(files(ofAgent));
                    }

                    @Override
                    public HostIdentity identity() throws IOException {
                        beforeIdentity.run();
                        return new HostIdentity("host-1", "f00d-S1");
                    }
                },
                plan,
                store,
                clock,
                timing,
                failures);
    }

    private void dial(URI controller) {
        link = link(List.of(controller), ofAgent);
        link.start(running::get);
    }

    private ControllerLink link(List<URI> controllers, TestCa.Identity identity) {
        return new ControllerLink(
                new ControllerLink.Peer() {
                    @Override
                    public SSLContext tls() throws IOException {
                        return AgentKey.tls(files(identity));
                    }

                    @Override
                    public HostIdentity identity() {
                        return new HostIdentity("host-1", "f00d-S1");
                    }
                },
                new DialPlan(controllers, AT_ONCE),
                store,
                System::nanoTime,
                timing,
                failures);
    }

    private static AgentConfig.KeyFiles files(TestCa.Identity identity) {
        return new AgentConfig.KeyFiles(identity.certificate(), identity.key(), ca.certificateFile());
    }

    private static FakeController.Connection greeted(FakeController controller) throws Exception {
        FakeController.Connection agent = controller.accept();
        agent.next(Hello.class);
        return agent;
    }

    private static Entry.Served served(String leaseId, long revision, String containerId) {
        return new Entry.Served(
                leaseId,
                revision,
                Optional.of(containerId),
                "default",
                "arn:aws:iam::1:role/r",
                "hash",
                new WireSession("ASIA", Secret.of("secret-key"), Secret.of("secret-token"), EXPIRATION));
    }
}
