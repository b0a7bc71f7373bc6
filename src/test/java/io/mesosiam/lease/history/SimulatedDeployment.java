package io.mesosiam.lease.history;

import static io.mesosiam.mesos.TestContainers.since;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.ManualClock;
import io.mesosiam.lease.Decider;
import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.GrantRows;
import io.mesosiam.lease.Ownership;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.reconcile.Dependencies;
import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.lease.reconcile.Steps;
import io.mesosiam.lease.simulation.AgentInMemory;
import io.mesosiam.lease.simulation.JournalInMemory;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.StsInMemory;
import io.mesosiam.lease.simulation.TestLeaseConfig;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * A cluster with its policies, STS, the tables, an agent on each host, the controller that they are connected to, and
 * the controller that it replaced, on one thread and in simulated time. It has no random events: a {@link
 * LeaseHistory} chooses them.
 */
final class SimulatedDeployment {
    final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    final SimulatedCluster cluster = new SimulatedCluster();
    final JournalInMemory tables = new JournalInMemory();
    final StsInMemory sts = new StsInMemory(clock);
    final HistoryPolicies policies = new HistoryPolicies(sts);
    /** The decisions in force: those of {@link #policies}, unless a test has rows of its own. */
    Decider decider = policies::decide;

    final Map<MesosAgentId, AgentInMemory> agents = new LinkedHashMap<>();
    /** The launches that a controller reported as over and without a lease. */
    final Set<Launch> forgotten = new HashSet<>();

    Reconciler controller;
    /** The last controller, which still runs and receives events, but has lost its hosts. */
    private Optional<Reconciler> replaced = Optional.empty();

    /** @param seed of the controller's own random numbers */
    SimulatedDeployment(long seed) {
        SimulatedCluster.HOSTS.forEach(host -> agents.put(host, new AgentInMemory(host)));
        controller = newController(seed);
    }

    private Reconciler newController(long seed) {
        Reconciler[] self = new Reconciler[1];
        self[0] = new Reconciler(
                TestLeaseConfig.DEFAULTS,
                new Dependencies(
                        subject -> decider.decide(subject),
                        sts,
                        (host, delivery) -> deliver(self[0], host, delivery),
                        tables,
                        GrantRows.NONE,
                        sts,
                        clock,
                        new Random(seed),
                        _ -> {}),
                tables.journal());
        Steps.restore(self[0], tables.live());
        self[0].withdrawalsChanged(tables.withdrawals);
        return self[0];
    }

    private boolean deliver(Reconciler from, MesosAgentId host, Delivery delivery) {
        AgentInMemory agent = agents.get(host);
        boolean here = from.equals(controller) && agent.epoch.isPresent();
        if (here) {
            agent.receive(delivery);
        }
        return here;
    }

    /** Starts another controller; no agent is connected to it. */
    void replaceController(long seed) {
        replaced = Optional.of(controller);
        agents.values().forEach(agent -> agent.epoch = Optional.empty());
        controller = newController(seed);
    }

    /** The controllers that run, the oldest first. */
    List<Reconciler> controllers() {
        return replaced.map(old -> List.of(old, controller)).orElse(List.of(controller));
    }

    void connect(AgentInMemory agent) {
        long epoch = tables.claim(agent.host);
        controller.connected(
                agent.host, new Ownership(epoch, false), agent.held(), Map.copyOf(agent.running), agent::sync);
        agent.epoch = Optional.of(epoch);
    }

    void disconnect(AgentInMemory agent) {
        controller.disconnected(agent.host, agent.epoch.orElseThrow());
        agent.epoch = Optional.empty();
    }

    AgentInMemory agentOf(SimulatedCluster.Run run) {
        return agents.get(run.launch.key().agent());
    }

    void startContainer(AgentInMemory agent, ContainerId container) {
        agent.running.put(container, since(1));
        if (agent.epoch.isPresent()) {
            controller.containers(agent.host, Map.of(container, since(1)), Set.of());
        }
    }

    /** Shows the cluster's state to the controllers with a hint that the launches have changed. */
    void show(Set<Launch> hinted) {
        controllers().forEach(it -> forgotten.addAll(it.changed(cluster.state(), hinted)));
    }

    void withdraw(Withdrawal withdrawal) {
        tables.withdrawals.add(withdrawal);
        controllers().forEach(it -> it.withdrawalsChanged(tables.withdrawals));
    }

    void pass(Duration time) {
        clock.advance(time);
        agents.values().forEach(agent -> agent.dropExpired(clock.instant()));
    }

    void drain() {
        for (Reconciler each : controllers()) {
            int steps = 0;
            while (Steps.step(each)) {
                assertThat(++steps).as("steps until nothing is left to do").isLessThan(5_000);
            }
        }
    }
}
