package io.mesosiam.lease.grant;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.grant.GrantCluster.Run;
import io.mesosiam.lease.simulation.AgentInMemory;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosRole;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.Selector;
import io.mesosiam.policy.grant.LaunchGrant;
import io.mesosiam.policy.grant.LaunchGrant.State;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** What docs/grants.md promises, after each event and once everything is repaired. It uses no code that decides. */
final class GrantInvariants {
    private final GrantDeployment deployment;
    private final Map<UUID, State> before = new HashMap<>();
    private final Map<String, Integer> seen = new TreeMap<>();

    GrantInvariants(GrantDeployment deployment) {
        this.deployment = deployment;
    }

    /** How often each state of a grant occurred: a history that makes no use of grants tests nothing. */
    Map<String, Integer> seen() {
        return seen;
    }

    private void count(String what) {
        seen.merge(what, 1, Integer::sum);
    }

    void check() {
        deployment.grants.all().forEach(this::checkState);
        deployment.agents.values().forEach(agent -> agent.served
                .values()
                .forEach(it -> checkServed(agent, it.lease())));
        deployment.controllers.forEach(this::checkLeases);
    }

    /** A row only changes as the docs say. */
    private void checkState(LaunchGrant grant) {
        State was = before.put(grant.id(), grant.state());
        if (grant.state().equals(was)) {
            return;
        }
        switch (grant.state()) {
            case State.Unbound _ -> assertThat(was).isNull();
            case State.Bound(TaskContainer to) -> {
                count("bound");
                assertThat(was).as("bound once " + grant).isInstanceOf(State.Unbound.class);
                assertThat(runs(to)).as("the launch fits " + grant).anyMatch(run -> fits(grant, run));
            }
            case State.Suspended suspended -> {
                count("suspended");
                assertThat(was).as("suspended " + grant).isInstanceOf(State.Bound.class);
                assertThat(grant.taskId())
                        .as("a grant with a task id is never suspended")
                        .isEmpty();
                assertThat(deployment.cluster.runs)
                        .as("a second launch fits " + grant)
                        .anyMatch(run -> fits(grant, run)
                                && run.container.isPresent()
                                && !run.inContainer().equals(suspended.holder()));
            }
            case State.Ended ended -> {
                count(ended.how());
                if (ended.how().equals("ended with its task")) {
                    assertThat(runs(ended.holder().orElseThrow()))
                            .as("the launch has ended " + grant)
                            .anyMatch(run -> run.over);
                }
            }
        }
    }

    private List<Run> runs(TaskContainer in) {
        return deployment.cluster.runs.stream()
                .filter(run -> run.inContainer().equals(Optional.of(in)))
                .toList();
    }

    /** A lease of a grant is served to the launch that the row names, wherever the agent is connected. */
    private void checkServed(AgentInMemory agent, Lease lease) {
        lease.policy().grantRow().ifPresent(id -> {
            count("served");
            LaunchGrant grant = deployment.grants.find(id).orElseThrow();
            assertThat(lease.host()).isEqualTo(agent.host);
            assertThat(grant.state().holder())
                    .as("served is the bound launch: " + lease + " " + grant)
                    .isEqualTo(lease.container()
                            .map(in -> new TaskContainer(lease.launch().key(), in)));
            assertThat(lease.name()).isEqualTo(name(grant));
        });
    }

    /** What a controller has read ends leases of its hosts at once, and nothing else does. */
    private void checkLeases(HistoryController controller) {
        for (Lease lease : controller.reconciler.overview().leases()) {
            boolean ours = controller.equals(deployment.connected.get(lease.host()));
            lease.policy()
                    .grantRow()
                    .filter(_ -> ours)
                    .flatMap(deployment.grants::find)
                    .ifPresent(grant -> {
                        if (!lease.isLive()) {
                            checkReaped(controller, lease, grant);
                        } else if (!deployment.hintsAreLost) {
                            checkLive(controller, lease, grant);
                        }
                    });
            if (!lease.isLive()) {
                controller.seenReaped.add(lease.id());
            }
        }
    }

    /** A controller that has not read the binding keeps what another one has issued. */
    private void checkLive(HistoryController controller, Lease lease, LaunchGrant grant) {
        Instant now = deployment.clock.instant();
        Optional<LaunchedTask> shown = controller.state().launch(lease.launch());
        assertThat(controller.used.find(grant.id()).map(LaunchGrant::state).orElse(null))
                .as("live although the grant gives nothing: " + lease + " " + grant + " " + controller)
                .isInstanceOfAny(State.Bound.class, State.Unbound.class);
        assertThat(lease.state().isServed() && GrantTableInMemory.isExpired(grant, now))
                .as("served although the grant has expired: " + lease)
                .isFalse();
        assertThat(deployment.narrowed && shown.isPresent())
                .as("live outside the bounds: " + lease)
                .isFalse();
        assertThat(shown.flatMap(LaunchedTask::end))
                .as("live after its task: " + lease)
                .isEmpty();
    }

    private void checkReaped(HistoryController controller, Lease lease, LaunchGrant grant) {
        if (controller.seenReaped.contains(lease.id())) {
            return;
        }
        // The grants are known to all controllers within a second; this one has taken over the host before.
        boolean unread = controller.used.find(grant.id()).isEmpty();
        TaskContainer in =
                new TaskContainer(lease.launch().key(), lease.container().orElseThrow());
        boolean over = runs(in).stream().anyMatch(run -> run.over);
        boolean shared = deployment.cluster.runs.stream()
                        .filter(run -> run.container.equals(lease.container())
                                && run.key.agent().equals(lease.host()))
                        .count()
                > 1;
        assertThat(unread
                        || over
                        || shared
                        || deployment.deny
                        || deployment.narrowed
                        || !(grant.state() instanceof State.Bound)
                        || GrantTableInMemory.isExpired(grant, deployment.clock.instant()))
                .as("ended for a reason: " + lease + " " + grant + " " + controller)
                .isTrue();
    }

    private static boolean fits(LaunchGrant grant, Run run) {
        boolean named = grant.taskId()
                .map(id -> run.key.task().value().equals(id))
                .orElseGet(() -> run.labels.stream()
                        .anyMatch(label -> label.key().equals("mesos-iam/grant")
                                && label.value().equals(Optional.of(grant.id().toString()))));
        return named
                && run.principal().equals("principal")
                && grant.policy().selectors().stream()
                        .filter(Selector.UnderMesosRole.class::isInstance)
                        .allMatch(_ -> isUnder(run.role));
    }

    private static boolean isUnder(MesosRole role) {
        return role.value().equals("eng") || role.value().startsWith("eng/");
    }

    void checkFinalState() {
        for (LaunchGrant grant : deployment.grants.all()) {
            assertThat(GrantTableInMemory.isOpen(grant)
                            && GrantTableInMemory.isExpired(grant, deployment.clock.instant()))
                    .as("expired grants have ended: " + grant)
                    .isFalse();
            if (GrantTableInMemory.isOpen(grant)) {
                grant.state()
                        .holder()
                        .filter(holder -> runs(holder).size() == 1)
                        .ifPresent(holder -> assertThat(deployment.controllers)
                                .as("grants of ended launches have ended: " + grant)
                                .noneMatch(each -> each.seenEnded.contains(holder)));
            }
        }
        deployment.cluster.running().stream()
                .filter(run -> run.container.isPresent()
                        && !deployment.cluster.shares(run)
                        && runs(run.inContainer().orElseThrow()).size() == 1)
                .forEach(run -> RandomGrants.NAMES.forEach(name -> checkFinal(run, name)));
    }

    private void checkFinal(Run run, CredentialName name) {
        TaskContainer in = run.inContainer().orElseThrow();
        List<Lease> served = deployment.agents.get(run.key.agent()).served.values().stream()
                .map(AgentInMemory.Served::lease)
                .filter(lease ->
                        lease.container().equals(run.container) && lease.name().equals(name))
                .toList();
        List<LaunchGrant> fitting = deployment.grants.all().stream()
                .filter(grant -> name(grant).equals(name))
                .filter(grant -> fits(grant, run)
                        && (grant.state() instanceof State.Unbound
                                || grant.state().equals(new State.Bound(in))))
                .toList();
        boolean principal = run.principal().equals("principal");
        if (principal && deployment.deny) {
            assertThat(served).as("denied: " + run).isEmpty();
        } else if (fitting.isEmpty() || deployment.narrowed) {
            assertThat(served)
                    .extracting(Lease::policy)
                    .as("policies decide: " + run)
                    .isEqualTo(fallback(name, principal));
            count("final by policy");
        } else if (fitting.size() == 1 && !isSensitive(fitting.getFirst())) {
            assertThat(fitting.getFirst().state()).as("bound: " + run).isEqualTo(new State.Bound(in));
            assertThat(served)
                    .extracting(Lease::policy)
                    .as("served: " + run + " " + fitting)
                    .containsExactly(fitting.getFirst().policy().id());
            count("final by grant");
        }
    }

    private List<PolicyId> fallback(CredentialName name, boolean principal) {
        return deployment.fallback && principal && name.equals(CredentialName.DEFAULT)
                ? List.of(GrantDeployment.FALLBACK.id())
                : List.of();
    }

    private static CredentialName name(LaunchGrant grant) {
        return allow(grant).name();
    }

    private static Rule.Allow allow(LaunchGrant grant) {
        if (grant.policy().rule() instanceof Rule.Allow allow) {
            return allow;
        }
        throw new AssertionError("not an allow: " + grant);
    }

    private static boolean isSensitive(LaunchGrant grant) {
        return allow(grant).entitlement().sensitive();
    }
}
