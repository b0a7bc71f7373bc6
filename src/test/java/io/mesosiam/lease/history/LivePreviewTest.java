package io.mesosiam.lease.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.plan.LeasePlanner;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.lease.simulation.TestLeaseConfig;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Glob;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyChange;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.Selector;
import io.mesosiam.preview.BlastRadius;
import io.mesosiam.preview.Effect.Kind;
import io.mesosiam.preview.Reached;
import io.mesosiam.preview.live.LivePreview;
import io.mesosiam.preview.live.Previewed;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Previews of a controller with three tasks on one connected host: t0 and t1 have role a, t2 has role b. */
class LivePreviewTest {
    private static final Policy FIRST = policy(1, "t0", "a");
    private static final Policy SECOND = policy(2, "t1", "a");
    private static final Policy THIRD = policy(3, "t2", "b");

    private final SimulatedDeployment deployment = new SimulatedDeployment(1);
    private PolicySet policies = PolicySet.of(17, List.of(FIRST, SECOND, THIRD));
    private Optional<String> trouble = Optional.empty();
    private List<Lease> elsewhere = List.of();

    private LivePreview preview(BlastRadius radius) {
        return new LivePreview(
                () -> policies,
                () -> trouble,
                deployment.controller.overview(),
                deployment.sts,
                () -> false,
                new LeasePlanner(TestLeaseConfig.DEFAULTS.outOfSightLimit()),
                radius,
                _ -> elsewhere);
    }

    private void start() {
        deployment.decider = subject -> policies.outcomes(subject);
        var agent = deployment.agents.get(SimulatedCluster.HOSTS.getFirst());
        deployment.connect(agent);
        for (int task = 0; task < 3; task++) {
            var run = deployment.cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), task, agent.host);
            run.container = Optional.of(ContainerId.of("c" + task));
            run.state = TaskState.RUNNING;
            deployment.startContainer(agent, run.container.get());
        }
        deployment.show(deployment.cluster.runs.keySet());
        deployment.drain();
        while (deployment.sts.answerOne()) {
            deployment.drain();
        }
    }

    private Previewed of(OptionalLong confirmed, PolicyChange... changes) {
        return preview(new BlastRadius(10, 0.5)).of(List.of(changes), confirmed).orElseThrow();
    }

    @Test
    void nothingIsPreviewedBeforeTheClusterIsKnown() {
        assertThat(preview(new BlastRadius(10, 1)).of(List.of(), OptionalLong.empty()))
                .isEmpty();
    }

    @Test
    void aDeletedPolicyEndsItsLease() {
        start();

        Previewed answer = of(OptionalLong.empty(), new PolicyChange.Remove(FIRST.id()));

        assertThat(answer.effects().effects()).singleElement().satisfies(effect -> {
            assertThat(effect.kind()).isEqualTo(Kind.LOSES);
            assertThat(effect.launch().key().task().value()).isEqualTo("t0");
            assertThat(effect.refusal()).contains(RefusalCode.NO_POLICY);
            assertThat(effect.before().orElseThrow().role()).isEqualTo(TestLaunches.role("a"));
            assertThat(effect.ends().map(Lease::launch)).contains(effect.launch());
        });
        assertThat(answer.objection()).isEmpty();
        assertThat(answer.live()).isEqualTo(3);
        assertThat(answer.basis().policyVersion()).isEqualTo(17);
        assertThat(answer.basis().complete()).isTrue();
    }

    @Test
    void aDeletedPolicyLeavesTheOtherTasksThatReachItsRole() {
        start();

        Previewed answer = of(OptionalLong.empty(), new PolicyChange.Remove(FIRST.id()));

        assertThat(answer.roles()).singleElement().satisfies(role -> {
            assertThat(role.role()).isEqualTo(TestLaunches.role("a"));
            assertThat(role.policies()).containsExactly(SECOND);
            assertThat(role.reached())
                    .extracting(reached -> reached.launch().key().task().value())
                    .containsExactly("t1");
        });
    }

    @Test
    void aLeaseThatWouldBeIssuedIsNotNamed() {
        start();

        Previewed answer = of(OptionalLong.empty(), new PolicyChange.Put(policy(2, "t1", "other")));

        assertThat(answer.roles())
                .filteredOn(role -> role.role().equals(TestLaunches.role("other")))
                .flatExtracting(Previewed.Role::reached)
                .extracting(Reached::lease)
                .containsExactly(Optional.empty());
    }

    @Test
    void changesThatAreMadeTogetherArePreviewedTogether() {
        start();

        Previewed answer = of(
                OptionalLong.empty(), new PolicyChange.Remove(FIRST.id()), new PolicyChange.Put(policy(4, "t?", "a")));

        assertThat(answer.effects().effects())
                .extracting(effect -> effect.launch().key().task().value() + " " + effect.kind() + " "
                        + effect.conflict() + " " + effect.changed())
                .containsExactlyInAnyOrder("t0 CHANGES false [policyId]", "t2 KEEPS true []");
        assertThat(answer.effects().ended()).isEmpty();
        assertThat(answer.effects().conflicts()).isOne();
    }

    @Test
    void aChangeThatEndsTooManyLeasesNeedsTheirNumber() {
        start();
        PolicyChange deny = new PolicyChange.Put(new Policy(
                new PolicyId(new UUID(1, 9)), "/", "stop", true, 0, List.of(), new Rule.Deny(Optional.empty())));

        assertThat(of(OptionalLong.empty(), deny).objection())
                .hasValueSatisfying(why -> assertThat(why).contains("3 of 3").contains("confirm=3"));
        assertThat(of(OptionalLong.of(2), deny).objection()).isPresent();
        assertThat(of(OptionalLong.of(3), deny).objection()).isEmpty();
    }

    @Test
    void previewChangesNothing() {
        start();
        List<Lease> before = deployment.controller.overview().leases();

        of(OptionalLong.empty(), new PolicyChange.Remove(FIRST.id()), new PolicyChange.Put(policy(4, "t*", "c")));
        deployment.drain();

        assertThat(deployment.controller.overview().leases()).isEqualTo(before);
    }

    /** Of a task that started after this controller, on a host whose agent is connected to another one. */
    @Test
    void leasesOfOtherControllersCountAmongThoseThatEnd() {
        start();
        var run = deployment.cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 0, SimulatedCluster.HOSTS.getLast());
        run.container = Optional.of(ContainerId.of("c9"));
        run.state = TaskState.RUNNING;
        deployment.show(deployment.cluster.runs.keySet());
        deployment.drain();
        elsewhere = List.of(leaseOf(run.launch, "ab".repeat(32)));

        Previewed answer = of(OptionalLong.empty(), new PolicyChange.Remove(FIRST.id()));

        assertThat(answer.effects().ended())
                .extracting(Lease::launch)
                .contains(elsewhere.getFirst().launch())
                .hasSize(2);
        assertThat(answer.objection())
                .hasValueSatisfying(why -> assertThat(why).contains("2 of 3").contains("confirm=2"));
    }

    @Test
    void leasesOfOtherControllersThatGoOnDoNotCount() {
        start();
        var run = deployment.cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 0, SimulatedCluster.HOSTS.getLast());
        deployment.show(deployment.cluster.runs.keySet());
        PolicyChange[] renamed = {
            new PolicyChange.Remove(FIRST.id()), new PolicyChange.Put(policy(4, "t0", "a")),
        };
        String hash = of(OptionalLong.empty(), renamed).effects().effects().stream()
                .filter(effect -> effect.launch().equals(run.launch))
                .map(effect -> effect.after().orElseThrow().identityHash())
                .findFirst()
                .orElseThrow();
        elsewhere = List.of(leaseOf(run.launch, hash));

        assertThat(of(OptionalLong.empty(), renamed).effects().ended()).isEmpty();
    }

    /** The other controller has counted another number of launches. */
    private static Lease leaseOf(Launch launch, String identityHash) {
        Lease lease = TestLaunches.lease(
                new Launch(launch.key(), launch.sequence() + 6),
                new LeaseState.Active(Instant.parse("2026-01-01T01:00:00Z"), Instant.parse("2026-01-01T00:40:00Z"), 0));
        return new Lease(
                lease.id(),
                lease.key(),
                lease.role(),
                FIRST.id(),
                identityHash,
                lease.sessionName(),
                true,
                Optional.empty(),
                lease.createdAt(),
                Optional.empty(),
                lease.state(),
                0);
    }

    @Test
    void anIncompleteViewIsSaid() {
        start();
        trouble = Optional.of("the policy table can't be followed; version 17 is in use");
        deployment.cluster.answers = false;
        deployment.disconnect(deployment.agents.get(SimulatedCluster.HOSTS.getFirst()));
        deployment.show(Set.of());

        Previewed answer = of(OptionalLong.empty(), new PolicyChange.Remove(FIRST.id()));

        assertThat(answer.basis().complete()).isFalse();
        assertThat(answer.basis().gaps()).hasSize(3).anySatisfy(gap -> assertThat(gap)
                .contains("not connected to this controller: 1;"));
        assertThat(answer.effects().effects())
                .as("the rules apply wherever the agent is connected")
                .singleElement()
                .satisfies(effect -> assertThat(effect.connected()).isFalse());
    }

    @Test
    void aRoleIsReachedByThoseThatHaveItNow() {
        start();

        Previewed.Role role =
                preview(new BlastRadius(10, 1)).reach(TestLaunches.role("a")).orElseThrow();

        assertThat(role.policies()).containsExactlyInAnyOrder(FIRST, SECOND);
        assertThat(role.reached())
                .extracting(reached -> reached.launch().key().task().value())
                .containsExactlyInAnyOrder("t0", "t1");
        assertThat(role.reached()).extracting(Reached::lease).allMatch(Optional::isPresent);
        assertThat(preview(new BlastRadius(10, 1))
                        .reach(TestLaunches.role("other"))
                        .orElseThrow()
                        .reached())
                .isEmpty();
    }

    private static Policy policy(int id, String taskName, String role) {
        Entitlement gift = Entitlement.of(TestLaunches.role(role));
        return new Policy(
                new PolicyId(new UUID(1, id)),
                "/",
                "p" + id,
                true,
                0,
                List.of(new Selector.TaskName(new Glob(taskName))),
                new Rule.Allow(CredentialName.DEFAULT, gift));
    }
}
