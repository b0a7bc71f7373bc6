package io.mesosiam.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.config.HostIdentity;
import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.Ask;
import io.mesosiam.channel.wire.AgentMessage.Containers;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.AgentMessage.RunningContainer;
import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.ControllerMessageCodec;
import io.mesosiam.channel.wire.Executor;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A stream to a controller that reads nothing. */
class WaitingReportsTest extends LinkFixture {
    private static final URI CONTROLLER = URI.create("wss://localhost:1");
    private static final HostIdentity HOST = new HostIdentity("host-1", "f00d-S1");
    private static final Executor EXECUTOR = new Executor("F-0001", "pod");

    private OpenStream stream;

    @BeforeEach
    void open() {
        link = link(List.of(CONTROLLER), ofAgent);
        stream = link.opened(CONTROLLER, running::get);
    }

    private static Set<Container> nested(int from, int number) {
        return IntStream.range(from, from + number)
                .mapToObj(i -> new Container("pod/" + i, i))
                .collect(Collectors.toSet());
    }

    private List<AgentMessage> waiting() throws InterruptedException {
        List<AgentMessage> messages = new ArrayList<>();
        for (Optional<AgentMessage> next = stream.stream().next(0);
                next.isPresent();
                next = stream.stream().next(0)) {
            messages.add(next.get());
        }
        return messages;
    }

    private static String frame(ControllerMessage message) {
        return new String(ControllerMessageCodec.encode(message), StandardCharsets.UTF_8);
    }

    @Test
    void oneReportWaitsHoweverManyContainersStartAndEnd() throws Exception {
        link.sendHello(stream, HOST);
        for (int scan = 0; scan < 5_000; scan++) {
            running.set(nested(256 * scan, 256));
            link.containersChanged();
        }

        assertThat(stream.stream().ended()).isEmpty();
        List<AgentMessage> waiting = waiting();
        assertThat(waiting).hasSize(2);
        assertThat(waiting.getFirst()).isInstanceOf(Hello.class);
        Containers report = (Containers) waiting.getLast();
        assertThat(report.started())
                .extracting(RunningContainer::containerId)
                .containsExactlyInAnyOrderElementsOf(
                        running.get().stream().map(Container::id).toList());
        assertThat(report.ended()).containsExactly(new RunningContainer("task", 4711));
    }

    @Test
    void changeAfterAReportIsReportedToo() throws Exception {
        link.sendHello(stream, HOST);
        running.set(nested(0, 1));
        link.containersChanged();
        assertThat(waiting()).hasSize(2);

        running.set(nested(1, 1));
        link.containersChanged();

        assertThat(waiting())
                .containsExactly(new Containers(
                        List.of(new RunningContainer("pod/1", 1)), List.of(new RunningContainer("pod/0", 0))));
    }

    @Test
    void reportWithoutAChangeDelaysNoMessage() throws Exception {
        link.sendHello(stream, HOST);
        link.containersChanged();
        link.requestLease("task", "default");

        assertThat(waiting()).hasSize(2).last().isEqualTo(new Ask("task", "default"));
    }

    /** Tasks request again and again, and asks are made again after their time. */
    @Test
    void asksWaitOnceHoweverOftenTheyAreMade() throws Exception {
        link.sendHello(stream, HOST);
        assertThat(waiting()).hasSize(1);
        for (int i = 0; i < 5_000; i++) {
            stream.ask(new Ask("task", "name-" + i % 100), _ -> false);
            stream.ask(new Ask("other", "default"), _ -> false);
        }

        assertThat(stream.stream().ended()).isEmpty();
        assertThat(waiting()).hasSize(64 + 1).contains(new Ask("other", "default"));
        stream.ask(new Ask("task", "name-99"), _ -> false);
        assertThat(waiting()).containsExactly(new Ask("task", "name-99"));
    }

    @Test
    void containerThatEndsWhileItsReportWaitsLeavesNoAskBehind() throws Exception {
        link.sendHello(stream, HOST);
        Container task = new Container("task", 4711);
        Container brief = new Container("pod/brief", 4712);
        running.set(Set.of(task, brief));
        link.containersChanged();
        link.requestLease("pod/brief", "default");
        link.requestLease("task", "default");
        running.set(Set.of(task));
        store.changing(List.of(), List.of(brief));
        link.containersChanged();

        assertThat(waiting()).hasSize(2).last().isEqualTo(new Ask("task", "default"));

        OpenStream next = link.opened(CONTROLLER, running::get);
        link.sendHello(next, HOST);
        stream = next;
        assertThat(waiting()).hasSize(2).last().isEqualTo(new Ask("task", "default"));
    }

    @Test
    void askFollowsTheReportOfItsContainer() throws Exception {
        link.sendHello(stream, HOST);
        assertThat(waiting()).hasSize(1);
        running.set(Set.of(new Container("task", 4711), new Container("late", 4712)));

        link.requestLease("late", "default");
        link.containersChanged();

        assertThat(waiting())
                .containsExactly(
                        new Containers(List.of(new RunningContainer("late", 4712)), List.of()),
                        new Ask("late", "default"));
    }

    @Test
    void requestsDoNotWaitWhileMesossFilesAreRead() throws Exception {
        owners = _ -> {
            CompletableFuture.runAsync(() -> link.requestLease("task", "default"))
                    .orTimeout(LONG.toSeconds(), TimeUnit.SECONDS)
                    .join();
            return Optional.of(EXECUTOR);
        };

        link.sendHello(stream, HOST);

        assertThat(waiting()).hasSize(2).last().isEqualTo(new Ask("task", "default"));
    }

    @Test
    void endOfAStreamDoesNotWaitWhileMesossFilesAreReadForItsLeases() throws Exception {
        link.sendHello(stream, HOST);
        owners = _ -> {
            CompletableFuture.runAsync(() -> stream.stream().end(new StreamEnd.Lost("closed")))
                    .orTimeout(LONG.toSeconds(), TimeUnit.SECONDS)
                    .join();
            return Optional.of(EXECUTOR);
        };
        Entry.Served lease = served("lease-1", 1, "task");

        stream.stream().receive(frame(new Sync(7, List.of(LeaseStoreFixture.of(EXECUTOR, lease)))), true);

        assertThat(stream.stream().ended()).isPresent();
        assertThat(stream.stream().synced()).as("used after the end").isFalse();
        assertThat(store.held()).isEmpty();
    }

    @Test
    void helloNamesNoLeaseOfAContainerThatStartedWhileItsContainersWereRead() throws Exception {
        LeaseStoreFixture.upsert(store, served("lease-1", 1, "task"));
        owners = _ -> {
            owners = _ -> Optional.empty();
            running.set(Set.of(new Container("task", 4711), new Container("late", 4712)));
            CompletableFuture.runAsync(() -> {
                        LeaseStoreFixture.upsert(store, served("lease-2", 1, "late"));
                        link.requestLease("late", "other");
                    })
                    .orTimeout(LONG.toSeconds(), TimeUnit.SECONDS)
                    .join();
            return Optional.empty();
        };

        link.sendHello(stream, HOST);

        List<AgentMessage> waiting = waiting();
        Hello hello = (Hello) waiting.getFirst();
        assertThat(hello.containers()).extracting(RunningContainer::containerId).containsExactly("task");
        assertThat(hello.held()).extracting(AgentMessage.Held::leaseId).containsExactly("lease-1");
        assertThat(waiting.subList(1, waiting.size()))
                .containsExactly(
                        new Containers(List.of(new RunningContainer("late", 4712)), List.of()),
                        new Ask("late", "other"));
    }

    @Test
    void containerThatStartsWhileTheHelloIsMadeIsReportedAfterIt() throws Exception {
        owners = _ -> {
            owners = _ -> Optional.empty();
            running.set(Set.of(new Container("task", 4711), new Container("late", 4712)));
            link.containersChanged();
            return Optional.empty();
        };

        link.sendHello(stream, HOST);

        assertThat(waiting())
                .hasSize(2)
                .last()
                .isEqualTo(new Containers(List.of(new RunningContainer("late", 4712)), List.of()));
    }

    @Test
    void fileOfAnOutermostContainerIsReadOnceForAllNestedInIt() throws Exception {
        AtomicInteger read = new AtomicInteger();
        owners = _ -> {
            read.incrementAndGet();
            return Optional.of(EXECUTOR);
        };
        running.set(nested(0, 100));

        link.sendHello(stream, HOST);

        assertThat(read).hasValue(1);
        assertThat(((Hello) waiting().getFirst()).containers())
                .hasSize(100)
                .allMatch(container -> container.executor().equals(Optional.of(EXECUTOR)));
    }
}
