package io.mesosiam.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.agent.serve.Answer;
import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.Ack;
import io.mesosiam.channel.wire.AgentMessage.Ask;
import io.mesosiam.channel.wire.AgentMessage.Containers;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.AgentMessage.Nack;
import io.mesosiam.channel.wire.AgentMessage.RolesTried;
import io.mesosiam.channel.wire.AgentMessage.RunningContainer;
import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.channel.wire.ControllerMessage.ClearRefusal;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.channel.wire.ControllerMessage.Remove;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.ControllerMessage.TryRoles;
import io.mesosiam.channel.wire.ControllerMessage.Upsert;
import io.mesosiam.channel.wire.Protocol;
import io.mesosiam.fakes.TestCa;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The messages of one stream. */
class ControllerLinkTest extends LinkFixture {
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
                .containsPattern("\nmesosiam_agent_controller_unsynced_seconds [0-9.]+\n")
                .contains("\nmesosiam_agent_controller_stream_ends_total{reason=\"tls\"} 0\n");
    }

    @Test
    void refusedCertificateCountsAsTheEndOfAStream(@TempDir Path other) throws Exception {
        TestCa stranger = TestCa.in(other);
        try (FakeController controller = new FakeController(stranger, stranger.issue("dns:localhost"))) {
            dial(controller.uri());
            link.awaitFirstLeases();

            assertThat(metrics())
                    .containsPattern("\nmesosiam_agent_controller_stream_ends_total\\{reason=\"tls\"} [1-9]")
                    .contains("\nmesosiam_agent_controller_stream_ends_total{reason=\"lost\"} 0\n");
        }
    }

    private String metrics() {
        Exposition exposition = new Exposition();
        link.expose(exposition);
        return exposition.toString();
    }

    /** More leases than messages may wait for the controller. */
    @Test
    void fullStateOfAHostWithThousandsOfLeasesIsAcknowledged() throws Exception {
        List<Entry> entries = IntStream.range(0, 12_000)
                .<Entry>mapToObj(i -> served("lease-" + i, 1, "task-" + i))
                .toList();
        try (FakeController controller = new FakeController(ca, ofController)) {
            dial(controller.uri());
            FakeController.Connection agent = greeted(controller);

            agent.send(new Sync(1, entries));

            for (int i = 0; i < entries.size(); i++) {
                assertThat(agent.next(Ack.class)).isEqualTo(new Ack("lease-" + i, 1));
            }
        }
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
    void versionOfThePoliciesIsConfirmedAfterWhatWasSentBefore() throws Exception {
        try (FakeController controller = new FakeController(ca, ofController)) {
            dial(controller.uri());
            FakeController.Connection agent = greeted(controller);

            agent.send(new Sync(1, List.of(served("lease-1", 1, "task"))));
            agent.send(new Remove("lease-1", "the policy was deleted"));
            agent.send(new ControllerMessage.Policies(17));

            assertThat(agent.next(Ack.class)).isEqualTo(new Ack("lease-1", 1));
            assertThat(agent.next(AgentMessage.Policies.class)).isEqualTo(new AgentMessage.Policies(17));
            assertThat(store.find("task", "default")).isInstanceOf(Answer.Nothing.class);
        }
    }

    @Test
    void exposureOfTheHostIsReportedOnEachStream() throws Exception {
        AgentMessage.Exposure found = new AgentMessage.Exposure("", "", "", List.of());
        try (FakeController controller = new FakeController(ca, ofController)) {
            dial(controller.uri());
            FakeController.Connection agent = greeted(controller);

            link.exposed(found);
            assertThat(agent.next(AgentMessage.Exposure.class)).isEqualTo(found);

            agent.close();
            assertThat(greeted(controller).next(AgentMessage.Exposure.class)).isEqualTo(found);
        }
    }

    @Test
    void rolesAreTriedWhenTheControllerInstructsItAndTheStreamGoesOn() throws Exception {
        TryRoles request = new TryRoles(3, "host", "123456789012", List.of("arn:aws:iam::123456789012:role/r"));
        RolesTried tried = new RolesTried(3, List.of(), 1, List.of());
        roleTrials = (asked, answer) -> answer.accept(asked.equals(request) ? tried : new AgentMessage.Policies(0));
        try (FakeController controller = new FakeController(ca, ofController)) {
            dial(controller.uri());
            FakeController.Connection agent = greeted(controller);

            agent.send(new Sync(1, List.of(served("lease-1", 1, "task"))));
            agent.send(request);

            assertThat(agent.next(Ack.class)).isEqualTo(new Ack("lease-1", 1));
            assertThat(agent.next(RolesTried.class)).isEqualTo(tried);
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
        timing = new LinkTiming(
                USUAL.connect(), USUAL.ping(), USUAL.silence(), Duration.ofHours(1), USUAL.away(), USUAL.opening());
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
        timing = new LinkTiming(
                USUAL.connect(), USUAL.ping(), USUAL.silence(), Duration.ofHours(1), USUAL.away(), USUAL.opening());
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
}
