package io.mesosiam.lease.reconcile;

import static io.mesosiam.mesos.TestContainers.since;

import io.mesosiam.fakes.ManualClock;
import io.mesosiam.lease.Decider;
import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.GrantRows;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseConfig;
import io.mesosiam.lease.LeaseDelivery;
import io.mesosiam.lease.LeaseRows;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.LeaseTimes;
import io.mesosiam.lease.Ownership;
import io.mesosiam.lease.simulation.AgentInMemory;
import io.mesosiam.lease.simulation.JournalInMemory;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.StsInMemory;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.lease.simulation.TestLeaseConfig;
import io.mesosiam.lease.store.UnreadableWithdrawals;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import io.mesosiam.policy.Subject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;

/**
 * A controller's reconciler with one host, its agent, a cluster, STS and the tables, on the test's thread.
 *
 * <p>By default, policy gives every task the same decisions.
 */
abstract class ReconcilerFixture {
    static final MesosAgentId HOST = SimulatedCluster.HOSTS.getFirst();
    static final ContainerId CONTAINER = ContainerId.of("c1");

    final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    final SimulatedCluster cluster = new SimulatedCluster();
    final JournalInMemory tables = new JournalInMemory();
    final StsInMemory sts = new StsInMemory(clock);
    final AgentInMemory agent = new AgentInMemory(HOST);
    final Map<CredentialName, Decision> policy = new HashMap<>();
    /** Whether a withdrawal can't be read, so that nothing new is given. */
    boolean holdsBack;

    /** The epochs of the streams that ended because another controller had claimed the host. */
    final List<Long> lost = new ArrayList<>();

    /** The epochs of the streams whose agents were to connect again. */
    final List<Long> again = new ArrayList<>();

    /** How long leases waited for their first sessions. */
    final List<Duration> firstSessions = new ArrayList<>();

    /** How long tasks waited for their first credentials. */
    final List<Duration> firstCredentials = new ArrayList<>();

    Reconciler reconciler;

    @BeforeEach
    void startController() {
        reconciler = newReconciler();
    }

    /** A controller that starts: it has read the rows. */
    Reconciler newReconciler() {
        Reconciler[] self = new Reconciler[1];
        self[0] = new Reconciler(
                config(),
                new Dependencies(
                        new UnreadableWithdrawals(decider(), () -> holdsBack),
                        sts,
                        delivery(self),
                        rows(),
                        grantRows(),
                        sts,
                        time(),
                        new Random(1),
                        times()),
                journal());
        self[0].restore(tables.live());
        return self[0];
    }

    private LeaseTimes times() {
        return new LeaseTimes() {
            @Override
            public void firstSession(Duration waited) {
                firstSessions.add(waited);
            }

            @Override
            public void firstCredentials(Duration waited) {
                firstCredentials.add(waited);
            }
        };
    }

    /** @param from the controller that sends, once it is made */
    private LeaseDelivery delivery(Reconciler[] from) {
        return new LeaseDelivery() {
            @Override
            public boolean deliver(MesosAgentId host, Delivery delivery) {
                return ReconcilerFixture.this.deliver(from[0], delivery);
            }

            @Override
            public void claimedByAnother(MesosAgentId host, long epoch) {
                lost.add(epoch);
            }

            @Override
            public void connectAgain(MesosAgentId host, long epoch) {
                again.add(epoch);
            }
        };
    }

    Decider decider() {
        return this::decide;
    }

    GrantRows grantRows() {
        return GrantRows.NONE;
    }

    LeaseConfig config() {
        return TestLeaseConfig.DEFAULTS;
    }

    /** The controller's own clock. */
    InstantSource time() {
        return clock;
    }

    LeaseRows rows() {
        return tables;
    }

    Journal journal() {
        return tables.journal();
    }

    Map<CredentialName, Decision> decide(Subject subject) {
        return Map.copyOf(policy);
    }

    /** @param from the controller that sends it, which may have been replaced */
    boolean deliver(Reconciler from, Delivery delivery) {
        agent.receive(delivery);
        return true;
    }

    void restart() {
        reconciler = newReconciler();
        show();
        connect();
        settle();
    }

    /** The host's agent connects; another controller may have owned the host before. */
    List<Delivery> connect() {
        return connect(false);
    }

    /** @param continued whether it is known that no other controller has owned the host since */
    List<Delivery> connect(boolean continued) {
        List<Delivery> state = new ArrayList<>();
        Ownership ownership = new Ownership(tables.claim(HOST), continued);
        reconciler.connected(HOST, ownership, agent.held(), Map.copyOf(agent.running), sent -> {
            agent.sync(sent);
            state.addAll(sent);
        });
        return state;
    }

    SimulatedCluster.Run start(int task) {
        SimulatedCluster.Run run = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), task, HOST);
        show();
        return run;
    }

    void bind(SimulatedCluster.Run run, ContainerId container) {
        run.container = Optional.of(container);
        run.state = TaskState.RUNNING;
        reconciler.containers(HOST, Map.of(container, since(1)), Set.of());
        agent.running.put(container, since(1));
        show();
    }

    void end(SimulatedCluster.Run run) {
        run.reportedEnd = Optional.of(new TaskEnd.Terminal(TaskState.FINISHED));
        show();
    }

    void show() {
        reconciler.changed(cluster.state(), cluster.runs.keySet());
    }

    void pass(Duration time) {
        for (Instant end = clock.instant().plus(time); clock.instant().isBefore(end); settle()) {
            clock.advance(Duration.ofSeconds(30));
            agent.dropExpired(clock.instant());
        }
    }

    void settle() {
        Steps.settle(reconciler, sts);
    }

    void drain() {
        Steps.drain(reconciler);
    }

    List<Lease> served() {
        return agent.served.values().stream().map(AgentInMemory.Served::lease).toList();
    }

    LeaseState state() {
        return reconciler.overview().leases().getFirst().state();
    }

    void allow(Sharing sharing) {
        policy.put(
                CredentialName.DEFAULT,
                TestLaunches.allowed(
                        TestLaunches.entitlement("a", Optional.empty(), Optional.empty(), sharing, Prefetch.ALWAYS)));
    }

    static Entitlement entitlement(String role) {
        return TestLaunches.entitlement(role, Optional.empty(), Optional.empty(), Sharing.TASK, Prefetch.ALWAYS);
    }
}
