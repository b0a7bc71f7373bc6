package io.mesosiam.channel;

import static io.mesosiam.channel.ChannelFixture.S1;
import static io.mesosiam.channel.ChannelFixture.S2;
import static io.mesosiam.channel.ChannelFixture.hello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.RunningContainer;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.Protocol;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.lease.HostLoad;
import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.mesos.ContainerId;
import java.io.IOException;
import java.net.http.WebSocketHandshakeException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Limits of what one host can make the controller hold, over the real wire and with the real reconciler. */
class HostBoundsTest {
    private static final int MOST = 4096;

    private final Reconciler reconciler = IdleReconciler.create();
    private final ChannelFixture fixture =
            new ChannelFixture(HostEvents.of(reconciler, IdleReconciler.journal(), (_, _) -> {}, (_, _) -> {}));

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void helloWithTooManyContainersIsRefused() throws Exception {
        StreamClient good = openHost2();
        StreamClient agent = fixture.connect();

        agent.send(hello(Protocol.VERSION, S1, List.of(), containers(0, MOST + 1)));

        Fault fault = agent.receiveEnd();
        assertThat(fault.code()).isEqualTo("host-limit");
        assertThat(fault.persistence()).isEqualTo(new Fault.Lasting());
        assertThat(fault.message()).contains("4097 containers", "4096", "containers-per-host");
        assertThat(reportedAlive(container(0))).isFalse();
        assertStillServed(good);
    }

    @Test
    void hostAtItsLimitIsServed() throws Exception {
        StreamClient agent = fixture.connect();

        agent.send(hello(Protocol.VERSION, S1, List.of(), containers(0, MOST)));

        agent.receive(Sync.class);
        until(() -> reportedAlive(container(MOST - 1)));
    }

    @Test
    void hostThatReportsTooManyContainersInPartsIsDisconnectedAndForgotten() throws Exception {
        StreamClient good = openHost2();
        StreamClient agent = fixture.open();

        for (int part = 0; part < 5; part++) {
            agent.send(new AgentMessage.Containers(containers(part * 1000, 1000), List.of()));
        }

        assertThat(agent.receiveEnd().code()).isEqualTo("host-limit");
        until(() -> reconciler.overview().counts().hosts() == 1);
        assertThat(IntStream.range(0, 5000).filter(i -> reportedAlive(container(i))))
                .isEmpty();
        assertStillServed(good);
    }

    @Test
    void endedContainerDoesNotCount() throws Exception {
        StreamClient agent = fixture.open();

        for (int part = 0; part < 4; part++) {
            List<RunningContainer> some = containers(part * 3000, 3000);
            agent.send(new AgentMessage.Containers(some, List.of()));
            agent.send(new AgentMessage.Containers(List.of(), some));
        }
        agent.send(new AgentMessage.Containers(containers(99_999, 1), List.of()));

        until(() -> reportedAlive(container(99_999)));
        assertThat(agent.isOpen()).isTrue();
    }

    @Test
    void endsOfUnknownContainersDoNotRaiseTheLimit() throws Exception {
        StreamClient agent = fixture.open();

        agent.send(new AgentMessage.Containers(containers(0, 4000), List.of()));
        agent.send(new AgentMessage.Containers(List.of(), containers(50_000, 4000)));
        agent.send(new AgentMessage.Containers(containers(4000, 1000), List.of()));

        assertThat(agent.receiveEnd().code()).isEqualTo("host-limit");
    }

    @Test
    void containerIdsCountByTheirLength() throws Exception {
        StreamClient agent = fixture.open();
        String deep = ("x".repeat(254) + "/").repeat(4);

        agent.send(new AgentMessage.Containers(
                IntStream.range(0, 1300)
                        .mapToObj(i -> new RunningContainer(deep + "c" + i, 1))
                        .toList(),
                List.of()));

        Fault fault = agent.receiveEnd();
        assertThat(fault.code()).isEqualTo("host-limit");
        assertThat(fault.message()).contains("characters");
    }

    @Test
    void asksForUnreportedContainersDoNotEndTheStream() throws Exception {
        StreamClient agent = fixture.open();

        for (int i = 0; i < 2000; i++) {
            agent.send(new AgentMessage.Ask(container(i).toString(), "default"));
        }
        agent.send(new AgentMessage.Containers(containers(7, 1), List.of()));

        until(() -> reportedAlive(container(7)));
        assertThat(agent.isOpen()).isTrue();
    }

    @Test
    void messageLongerThanAHostNeedsEndsItsStream() throws Exception {
        StreamClient good = openHost2();
        StreamClient agent = fixture.open();

        try {
            agent.send(" ".repeat(new HostBounds(MOST).longestFrame() + 1));
        } catch (RuntimeException e) {
            // the controller may close the connection while the client still writes
            assertThat(e).hasRootCauseInstanceOf(IOException.class);
        }

        agent.closed();
        assertStillServed(good);
    }

    @Test
    void connectionsOfOneCertificateAreLimited() throws Exception {
        List<StreamClient> idle = new ArrayList<>();
        for (int i = 0; i < CertificateStreams.LIMIT; i++) {
            idle.add(fixture.connect());
        }

        assertThatThrownBy(fixture::connect)
                .cause()
                .isInstanceOfSatisfying(WebSocketHandshakeException.class, refused -> assertThat(
                                refused.getResponse().statusCode())
                        .isEqualTo(429));
        assertStillServed(openHost2());

        idle.getFirst().close();
        until(this::connects);
    }

    @Test
    void reportedLeasesAreLimited() {
        HostLoad one = new HostLoad(1, 36);

        assertThat(new HostBounds(100).excess(one, 400)).isEmpty();
        assertThat(new HostBounds(100).excess(one, 401))
                .hasValueSatisfying(excess -> assertThat(excess).contains("401 leases"));
    }

    @Test
    void limitIsAtLeastOneContainer() {
        assertThatIllegalArgumentException().isThrownBy(() -> new HostBounds(0));
    }

    private boolean connects() {
        try {
            StreamClient unused = fixture.connect();
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private StreamClient openHost2() throws InterruptedException {
        StreamClient client = fixture.connectHost2();
        client.send(hello(S2));
        client.receive(Sync.class);
        return client;
    }

    private void assertStillServed(StreamClient agent) throws InterruptedException {
        assertThat(fixture.channel.deliver(S2, Deliveries.refuse("still here"))).isTrue();
        assertThat(agent.receive().toString()).contains("still here");
    }

    private static ContainerId container(int number) {
        return ContainerId.of("%08x-0000-4000-8000-000000000000".formatted(number));
    }

    private static List<RunningContainer> containers(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(i -> new RunningContainer(container(i).toString(), 1))
                .toList();
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeLimit.seconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("in time").isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }

    private boolean reportedAlive(ContainerId container) {
        return reconciler
                .running()
                .on(S1)
                .filter(all -> all.containsKey(container))
                .isPresent();
    }
}
