package io.mesosiam.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.config.AgentKey;
import io.mesosiam.agent.config.HostIdentity;
import io.mesosiam.agent.serve.Answer;
import io.mesosiam.channel.wire.AgentMessage.Ack;
import io.mesosiam.channel.wire.AgentMessage.Held;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.ControllerMessage.Upsert;
import io.mesosiam.fakes.TestCa;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/** A stream that fails or is refused is replaced, if need be by another controller's. */
class NextStreamTest extends LinkFixture {
    @Test
    void lostStreamIsReplacedWhileLeasesAreServed() throws Exception {
        try (FakeController controller = new FakeController(ca, ofController)) {
            dial(controller.uri());
            FakeController.Connection agent = greeted(controller);
            agent.send(new Sync(7, List.of(served("lease-1", 1, "task"))));
            agent.next(Ack.class);

            agent.close();

            Hello hello = controller.accept().next(Hello.class);
            assertThat(hello.held())
                    .containsExactly(
                            new Held("lease-1", "hash", EXPIRATION, Optional.of("task"), Optional.of("default")));
            assertThat(hello.servedUnder()).hasValue(7);
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
        timing = new LinkTiming(
                USUAL.connect(),
                Duration.ofMillis(10),
                Duration.ofMillis(100),
                USUAL.ask(),
                USUAL.away(),
                USUAL.opening());
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
            LeaseStoreFixture.upsert(store, served("lease-1", 1, "task"));
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
}
