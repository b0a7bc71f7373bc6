package io.mesosiam.lease.grant;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.ManualClock;
import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.Ownership;
import io.mesosiam.lease.reconcile.Steps;
import io.mesosiam.lease.simulation.AgentInMemory;
import io.mesosiam.lease.simulation.JournalInMemory;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.StsInMemory;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import io.mesosiam.policy.Glob;
import io.mesosiam.policy.NamespaceLimits;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.Selector;
import io.mesosiam.policy.bounds.Bounds;
import io.mesosiam.policy.bounds.Namespace;
import io.mesosiam.policy.bounds.Namespaces;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A cluster, the tables, STS, the hosts' agents and several controllers, on one thread and in simulated time. */
final class GrantDeployment {
    static final String NAMESPACE = "/data";
    static final Policy FALLBACK = policy(
            1,
            new Rule.Allow(
                    CredentialName.DEFAULT,
                    TestLaunches.entitlement(
                            "fallback", Optional.empty(), Optional.empty(), Sharing.TASK, Prefetch.ALWAYS)));
    static final Policy DENY = policy(2, new Rule.Deny(Optional.empty()));

    final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    final GrantCluster cluster = new GrantCluster();
    final GrantTableInMemory grants = new GrantTableInMemory();
    final JournalInMemory tables = new JournalInMemory();
    final StsInMemory sts = new StsInMemory(clock);
    final Map<MesosAgentId, AgentInMemory> agents = new LinkedHashMap<>();
    /** The controllers that the hosts' agents are connected to. */
    final Map<MesosAgentId, HistoryController> connected = new HashMap<>();

    final List<HistoryController> controllers = new ArrayList<>();
    /** Whether reconcilers miss changes of the cluster until their full pass. */
    boolean hintsAreLost;

    boolean fallback = true;
    boolean deny;
    boolean narrowed;
    boolean listenersFail;

    GrantDeployment() {
        SimulatedCluster.HOSTS.forEach(host -> agents.put(host, new AgentInMemory(host)));
    }

    private static Policy policy(int id, Rule rule) {
        return new Policy(
                new PolicyId(new UUID(1, id)),
                "/",
                "p" + id,
                true,
                0,
                List.of(new Selector.FrameworkPrincipal("principal")),
                rule);
    }

    PolicySet policies() {
        List<Policy> policies = new ArrayList<>();
        if (fallback) {
            policies.add(FALLBACK);
        }
        if (deny) {
            policies.add(DENY);
        }
        return new PolicySet(1, policies, List.of(), List.of(), false, limits());
    }

    /** The grants' namespace, perhaps narrowed so that they all are outside. */
    private NamespaceLimits limits() {
        Bounds bounds = new Bounds(
                narrowed ? Optional.of(List.of(new Glob("*:role/none"))) : Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                false);
        return new Namespaces(List.of(new Namespace("/", Bounds.NONE), new Namespace(NAMESPACE, bounds)));
    }

    boolean deliver(HistoryController from, MesosAgentId host, Delivery delivery) {
        boolean here = from.equals(connected.get(host));
        if (here) {
            agents.get(host).receive(delivery);
        }
        return here;
    }

    void connect(AgentInMemory agent, HistoryController to) {
        disconnect(agent);
        long epoch = tables.claim(agent.host);
        to.reconciler.connected(
                agent.host, new Ownership(epoch, false), agent.held(), Map.copyOf(agent.running), agent::sync);
        agent.epoch = Optional.of(epoch);
        connected.put(agent.host, to);
    }

    void disconnect(AgentInMemory agent) {
        Optional.ofNullable(connected.remove(agent.host))
                .ifPresent(from -> from.reconciler.disconnected(agent.host, agent.epoch.orElseThrow()));
        agent.epoch = Optional.empty();
    }

    void pass(Duration time) {
        clock.advance(time);
        agents.values().forEach(agent -> agent.dropExpired(clock.instant()));
    }

    void drain() {
        for (HistoryController each : controllers) {
            int steps = 0;
            while (Steps.step(each.reconciler)) {
                assertThat(++steps).as("steps until nothing is left to do").isLessThan(5_000);
            }
        }
    }
}
