package io.mesosiam.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.Ack;
import io.mesosiam.channel.wire.AgentMessage.CertificateRequest;
import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.channel.wire.ControllerMessage.Certificate;
import io.mesosiam.channel.wire.ControllerMessage.CertificateRefused;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.ControllerMessage.Upsert;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class CertificateExchangeTest extends LinkFixture {
    private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();
    private volatile Consumer<AgentMessage> send;

    /** Notes the calls. */
    private final class Recorded implements CertificateExchange {
        @Override
        public void opened(Consumer<AgentMessage> sender) {
            send = sender;
            events.add("opened");
        }

        @Override
        public void closed(Consumer<AgentMessage> sender) {
            events.add("closed");
        }

        @Override
        public void issued(Certificate certificate) {
            events.add(certificate);
        }

        @Override
        public void refused(CertificateRefused refusal) {
            events.add(refusal);
        }

        @Override
        public void notAccepted(boolean key) {
            events.add(key ? "not accepted, with its key" : "not accepted");
        }
    }

    private Object next() throws InterruptedException {
        return events.poll(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    /** The next event but the ends of streams, of which a loaded machine has more. */
    private Object afterClosed() throws InterruptedException {
        Object event = next();
        while ("closed".equals(event)) {
            event = next();
        }
        return event;
    }

    @Test
    void certificatesAreExchangedOverTheStreamThatServes() throws Exception {
        certificates = new Recorded();
        Certificate certificate = new Certificate("certificate", "authorities");
        CertificateRefused refusal = new CertificateRefused("unavailable", "later");
        try (FakeController controller = new FakeController(ca, ofController)) {
            dial(controller.uri());
            FakeController.Connection agent = greeted(controller);
            assertThat(events).isEmpty();

            agent.send(new Sync(1, List.of(served("lease-1", 1, "task"))));
            assertThat(agent.next(Ack.class)).isEqualTo(new Ack("lease-1", 1));
            assertThat(next()).isEqualTo("opened");

            send.accept(new CertificateRequest("csr"));
            assertThat(agent.next(CertificateRequest.class).csr()).isEqualTo("csr");
            for (ControllerMessage answer : List.of(refusal, certificate)) {
                agent.send(answer);
                assertThat(next()).isEqualTo(answer);
            }

            // the stream goes on, and its leases
            agent.send(new Upsert(served("lease-1", 2, "task")));
            assertThat(agent.next(Ack.class)).isEqualTo(new Ack("lease-1", 2));

            agent.close();
            assertThat(next()).isEqualTo("closed");
        }
    }

    @Test
    void faultsOfTheCertificateAreReportedAndOthersAreNot() throws Exception {
        certificates = new Recorded();
        try (FakeController controller = new FakeController(ca, ofController)) {
            dial(controller.uri());
            greeted(controller).send(Fault.passing("other", "a fault"));
            assertThat(next()).isEqualTo("closed");

            greeted(controller).send(Fault.passing("authority-removed", "the authority is removed"));
            assertThat(afterClosed()).isEqualTo("not accepted");

            greeted(controller).send(Fault.lasting("evicted", "the host is evicted"));
            assertThat(afterClosed()).isEqualTo("not accepted, with its key");
        }
    }

    @Test
    void hostThatHasEnrolledAgainIsConnectedAtOnce() throws Exception {
        certificates = new Recorded();
        try (FakeController controller = new FakeController(ca, ofController)) {
            dial(controller.uri());
            greeted(controller).send(Fault.lasting("evicted", "the host is evicted"));
            assertThat(afterClosed()).isEqualTo("not accepted, with its key");

            link.enrolledAgain();

            greeted(controller).send(new Sync(1, List.of()));
            assertThat(afterClosed()).isEqualTo("opened");
        }
    }

    @Test
    void answersAreIgnoredByAHostWithACertificateOfItsOwn() throws Exception {
        try (FakeController controller = new FakeController(ca, ofController)) {
            dial(controller.uri());
            FakeController.Connection agent = greeted(controller);

            agent.send(new Certificate("certificate", "authorities"));
            agent.send(new CertificateRefused("unavailable", "later"));
            agent.send(new Sync(1, List.of(served("lease-1", 1, "task"))));

            assertThat(agent.next(Ack.class)).isEqualTo(new Ack("lease-1", 1));
        }
    }
}
