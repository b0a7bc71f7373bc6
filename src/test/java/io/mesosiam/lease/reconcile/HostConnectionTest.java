package io.mesosiam.lease.reconcile;

import static io.mesosiam.mesos.TestContainers.since;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.HostStream;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseRows;
import io.mesosiam.lease.Ownership;
import io.mesosiam.lease.simulation.AgentInMemory;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.Entitlement.Sharing;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stream of a host begins, ends or is superseded at critical moments. */
class HostConnectionTest extends ReconcilerFixture {
    private boolean rowsAreReadable = true;

    /** Whether the journal drops what is written, as outdated. */
    private boolean drops;

    private BiConsumer<MesosAgentId, Long> outdated = (_, _) -> {};

    @BeforeEach
    void allow() {
        allow(Sharing.TASK);
    }

    @Override
    LeaseRows rows() {
        return host -> {
            if (!rowsAreReadable) {
                throw new IllegalStateException("rows can't be read");
            }
            return tables.live(host);
        };
    }

    @Override
    Journal journal() {
        Journal inMemory = tables.journal();
        return new Journal() {
            @Override
            public void write(Entry entry) {
                if (!drops) {
                    inMemory.write(entry);
                }
            }

            @Override
            public boolean isOpen(int expected) {
                return inMemory.isOpen(expected);
            }

            @Override
            public void claimed(MesosAgentId host, long epoch, boolean continued) {
                inMemory.claimed(host, epoch, continued);
            }

            @Override
            public void claimBegins(MesosAgentId host) {
                inMemory.claimBegins(host);
            }

            @Override
            public void claimEnds(MesosAgentId host) {
                inMemory.claimEnds(host);
            }

            @Override
            public void onFenced(BiConsumer<MesosAgentId, Long> listener) {
                inMemory.onFenced(listener);
                outdated = listener;
            }

            @Override
            public void onEnded(Consumer<LeaseId> listener) {
                inMemory.onEnded(listener);
            }
        };
    }

    /** Another controller has renewed the session since, and the agent has lost that one, as by an eviction or a restart. */
    @Test
    void controllerThatServesItsOwnEarlierSessionAgainRenewsItBeforeItEnds() {
        connect();
        bind(start(1), CONTAINER);
        settle();
        Instant ends = served().getFirst().state().servedUntil().orElseThrow();
        Reconciler first = reconciler;
        restart();
        pass(Duration.ofMinutes(50));
        assertThat(served().getFirst().state().servedUntil())
                .hasValueSatisfying(until -> assertThat(until).isAfter(ends));
        agent.served.clear();

        reconciler = first;
        show();
        List<Delivery> sent = connect();

        assertThat(sent).singleElement().isInstanceOfSatisfying(Delivery.Serve.class, serve -> assertThat(
                        serve.lease().state().servedUntil())
                .contains(serve.session().expiration())
                .contains(ends));
        for (Instant over = ends.plusSeconds(60); clock.instant().isBefore(over); ) {
            pass(Duration.ofSeconds(30));
            assertThat(agent.served).as("served at " + clock.instant()).isNotEmpty();
        }
    }

    @Test
    void sessionIsNotZeroedWhileTheStateThatContainsItIsSent() throws Exception {
        startTask();
        connect();
        settle();
        clock.advance(Duration.ofMinutes(40));
        drain();
        assertThat(sts.waiting()).as("a renewal is on its way").isEqualTo(1);
        agent.served.clear();

        List<Delivery> sent = new ArrayList<>();
        Thread answer = new Thread(sts::answerOne);
        connected(tables.claim(HOST), state -> {
            answer.start();
            awaitEndOrLock(answer);
            // Fails if the key material has been zeroed.
            agent.sync(state);
            sent.addAll(state);
        });
        answer.join();

        assertThat(sent).singleElement().isInstanceOf(Delivery.Serve.class);
        assertThat(agent.served.values())
                .singleElement()
                .extracting(AgentInMemory.Served::expiration)
                .as("the renewed session is sent after the state")
                .isEqualTo(clock.instant().plus(Duration.ofHours(1)));
    }

    @Test
    void launchesOfAHostAreNotPlannedAgainAfterItHasConnected() {
        start(1);
        start(2);
        assertThat(reconciler.overview().counts().queue().due()).isEqualTo(2);

        connect();

        assertThat(reconciler.overview().counts().queue().due()).isZero();
    }

    @Test
    void newTaskIsPlannedBeforeTheTasksOfHostsThatAreNotConnected() {
        allow(Sharing.TASK);
        for (int task = 1; task <= 3; task++) {
            cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), task, SimulatedCluster.HOSTS.getLast());
        }
        show();
        connect();

        start(4);
        reconciler.step();

        assertThat(sts.waiting()).isEqualTo(1);
    }

    /** The host's agent connects before the master answers the controller. */
    @Test
    void newTaskIsPlannedBeforeThoseThatHaveTheirLeases() {
        connect();
        for (int task = 1; task <= 3; task++) {
            bind(start(task), ContainerId.of("c" + task));
        }
        settle();
        reconciler = newReconciler();
        connect();
        show();

        start(4);
        reconciler.step();

        assertThat(sts.waiting()).isEqualTo(1);
    }

    private static void awaitEndOrLock(Thread thread) {
        Instant end = Instant.now().plus(TimeLimit.seconds(20));
        while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TERMINATED) {
            assertThat(Instant.now()).as("the thread ends or waits for a lock").isBefore(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void hostIsNotConnectedAfterTheEndOfAStreamWhoseStateWasUnreadable() {
        connect();
        reconciler.containers(HOST, Map.of(CONTAINER, since(1)), Set.of());
        assertThat(reconciler.running().on(HOST).orElseThrow()).containsKey(CONTAINER);

        // Another controller claims the host, then this one again with a stream that supersedes the first one.
        tables.claim(HOST);
        long epoch = tables.claim(HOST);
        rowsAreReadable = false;
        assertThatThrownBy(() -> connected(epoch, _ -> {})).isInstanceOf(IllegalStateException.class);
        reconciler.disconnected(HOST, epoch);

        assertThat(reconciler.overview().counts().hosts()).isZero();
        assertThat(reconciler.running().on(HOST)).isEmpty();
        startTask();
        drain();
        assertThat(sts.waiting()).as("calls to STS for the host").isZero();
    }

    @Test
    void hostWhoseStreamEndsWhileItWaitsForItsTurnIsNotAdopted() {
        startTask();
        List<Delivery> sent = new ArrayList<>();

        connected(tables.claim(HOST), new HostStream() {
            @Override
            public void open(List<Delivery> state) {
                sent.addAll(state);
            }

            @Override
            public boolean isOpen() {
                return false;
            }
        });
        drain();

        assertThat(sent).isEmpty();
        assertThat(reconciler.overview().counts().hosts()).isZero();
        assertThat(sts.waiting()).as("calls to STS for the host").isZero();
    }

    @Test
    void endOfAnOlderStreamChangesNothing() {
        connect();
        long first = tables.epochs.get(HOST);
        connect();

        reconciler.disconnected(HOST, first);

        assertThat(reconciler.overview().counts().hosts()).isEqualTo(1);
    }

    /** PostgreSQL came back between two streams: what was written under the first one's provisional claim was dropped. */
    @Test
    void leaseWhoseRowWasDroppedHasOneAgainWhenItsHostReturns() {
        startTask();
        drops = true;
        connectProvisionally();
        settle();
        reconciler.disconnected(HOST, 0);
        outdated.accept(HOST, 0L);
        drops = false;
        int calls = sts.callsInAll();

        connect(true);
        settle();

        assertThat(served()).hasSize(1);
        assertThat(tables.live())
                .extracting(Lease::id)
                .containsExactly(served().getFirst().id());
        assertThat(sts.callsInAll()).isEqualTo(calls);
    }

    /** Its notice arrives late: after it was decided that the rows needn't be read, or after the host has connected. */
    @ParameterizedTest(name = "while the host waits for its turn: {0}")
    @ValueSource(booleans = {true, false})
    void leaseWhoseRowWasDroppedHasOneAgainAlsoIfThatIsKnownLate(boolean whileItWaits) {
        startTask();
        drops = true;
        connectProvisionally();
        settle();
        reconciler.disconnected(HOST, 0);
        drops = false;

        Executable connect = () -> reconciler.connected(
                HOST,
                new Ownership(tables.claim(HOST), true),
                agent.held(),
                Map.copyOf(agent.running),
                new HostStream() {
                    @Override
                    public boolean isOpen() {
                        if (whileItWaits) {
                            outdated.accept(HOST, 0L);
                        }
                        return true;
                    }

                    @Override
                    public void open(List<Delivery> state) {
                        agent.sync(state);
                    }
                });
        if (whileItWaits) {
            assertThatThrownBy(connect::execute).isInstanceOf(IllegalStateException.class);
        } else {
            assertThatCode(connect::execute).doesNotThrowAnyException();
            outdated.accept(HOST, 0L);
            assertThat(lost).containsExactly(1L);
        }
        connect(true);
        settle();

        assertThat(served()).hasSize(1);
        assertThat(tables.live())
                .extracting(Lease::id)
                .containsExactly(served().getFirst().id());
    }

    private void connectProvisionally() {
        reconciler.connected(
                HOST,
                Ownership.provisional(0, OptionalLong.empty()),
                agent.held(),
                Map.copyOf(agent.running),
                agent::sync);
    }

    private void connected(long epoch, HostStream stream) {
        reconciler.connected(HOST, new Ownership(epoch, false), agent.held(), Map.copyOf(agent.running), stream);
    }

    @Test
    void hostIsAwaitedWhileATaskWaitsForItsFirstLease() {
        InetAddress address = InetAddress.ofLiteral("10.0.0.1");
        assertThat(reconciler.isAwaited(address)).isFalse();

        startTask();
        assertThat(reconciler.isAwaited(address)).isTrue();

        connect();
        assertThat(reconciler.isAwaited(address)).isFalse();
    }

    private void startTask() {
        SimulatedCluster.Run run = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 1, HOST);
        run.container = Optional.of(CONTAINER);
        run.state = TaskState.RUNNING;
        agent.running.put(CONTAINER, since(1));
        reconciler.changed(cluster.state(), cluster.runs.keySet());
    }
}
