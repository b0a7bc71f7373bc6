package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Decider;
import io.mesosiam.lease.GrantRows;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.simulation.GrantsInMemory;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.Task.Label;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.Selector;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.grant.GrantSet;
import io.mesosiam.policy.grant.LaunchGrant;
import io.mesosiam.policy.grant.LaunchGrant.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Leases of launch grants: bound before they are issued, ended with the grant, gone after the task. */
class GrantedLaunchesTest extends ReconcilerFixture {
    private static final UUID GRANT = UUID.fromString("2c1d9f4e-0000-4000-8000-000000000001");
    private static final PolicyId BY_GRANT = PolicyId.ofGrant(GRANT);
    private static final Policy FALLBACK = new Policy(
            new PolicyId(new UUID(1, 1)),
            "/",
            "fallback",
            true,
            0,
            List.of(new Selector.FrameworkPrincipal("principal")),
            new Rule.Allow(CredentialName.DEFAULT, entitlement("fallback")));

    private final GrantsInMemory rows = new GrantsInMemory();
    private final List<Policy> policies = new ArrayList<>();
    /** What the controller has read. */
    private GrantSet read = GrantSet.EMPTY;

    @Override
    Decider decider() {
        return new Decider() {
            @Override
            public Map<CredentialName, Decision> decide(Subject subject) {
                return set().outcomes(subject);
            }

            @Override
            public Set<PolicyId> contested(Subject subject) {
                return set().contested(subject);
            }
        };
    }

    @Override
    GrantRows grantRows() {
        return rows;
    }

    private PolicySet set() {
        return PolicySet.of(1, policies).withGrants(read);
    }

    @Test
    void leaseIsIssuedAfterTheGrantIsBound() {
        grant(Optional.empty(), new State.Unbound());
        connect();
        SimulatedCluster.Run run = launch(1);

        assertThat(rows.state(GRANT)).isEqualTo(new State.Bound(run.launch));
        assertThat(served()).isEmpty();
        assertThat(reconciler.overview().waitingByReason()).containsExactly(Map.entry(WaitReason.GRANT_UNBOUND, 1L));

        publish();
        assertThat(served()).extracting(Lease::policy).containsExactly(BY_GRANT);
        assertThat(served()).extracting(Lease::until).containsExactly(Optional.of(expiry()));
    }

    @Test
    void launchWaitsWhileTheBindingCannotBeWritten() {
        grant(Optional.empty(), new State.Unbound());
        rows.away = true;
        connect();
        launch(1);
        publish();
        assertThat(served()).isEmpty();

        rows.away = false;
        pass(Duration.ofMinutes(6));
        publish();
        assertThat(served()).extracting(Lease::policy).containsExactly(BY_GRANT);
    }

    @Test
    void grantReplacesTheLeaseOfAPolicyAndLeavesItWhenItEnds() {
        policies.add(FALLBACK);
        connect();
        launch(1);
        assertThat(served()).extracting(Lease::policy).containsExactly(FALLBACK.id());

        grant(Optional.of("t1"), new State.Unbound());
        publish();
        assertThat(served()).as("kept while the grant is bound").hasSize(1);
        publish();
        assertThat(served()).extracting(Lease::policy).containsExactly(BY_GRANT);

        rows.end(GRANT, "was revoked");
        publish();
        assertThat(served()).extracting(Lease::policy).containsExactly(FALLBACK.id());
    }

    @Test
    void secondLaunchWithTheLabelSuspendsTheGrantAndEndsItsLease() {
        grant(Optional.empty(), new State.Unbound());
        connect();
        SimulatedCluster.Run first = launch(1);
        publish();
        SimulatedCluster.Run second = launch(2);
        bind(second, ContainerId.of("c2"));
        settle();

        assertThat(rows.state(GRANT))
                .isInstanceOfSatisfying(State.Suspended.class, suspended -> assertThat(suspended.reason())
                        .contains(first.launch.toString(), second.launch.toString()));
        publish();
        assertThat(served()).isEmpty();
        assertThat(agent.refused.values()).allSatisfy(refusal -> assertThat(refusal.toString())
                .contains("suspended, because two launches claim it"));
    }

    @Test
    void grantEndsWithItsTaskAndALaterLaunchGetsNothing() {
        grant(Optional.of("t1"), new State.Unbound());
        connect();
        SimulatedCluster.Run first = launch(1);
        publish();
        bind(first, CONTAINER);
        settle();
        end(first);
        settle();
        assertThat(served()).isEmpty();
        assertThat(rows.state(GRANT)).isInstanceOf(State.Ended.class);

        launch(1);
        publish();
        assertThat(served()).isEmpty();
    }

    /** A controller that has seen fewer launches of the task id counts this one lower. */
    @Test
    void grantThatAnotherControllerBoundUnderAHigherNumberEndsWithItsTask() {
        connect();
        SimulatedCluster.Run first = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 1, HOST);
        grant(Optional.of("t1"), new State.Bound(new Launch(first.launch.key(), first.launch.sequence() + 1)));
        show();
        publish();
        bind(first, CONTAINER);
        settle();
        assertThat(served()).extracting(Lease::policy).containsExactly(BY_GRANT);

        end(first);
        settle();
        assertThat(rows.state(GRANT)).isInstanceOf(State.Ended.class);

        launch(1);
        publish();
        assertThat(served()).isEmpty();
    }

    /** Absence ends nothing. */
    @Test
    void grantOfAHiddenTaskStands() {
        grant(Optional.of("t1"), new State.Unbound());
        connect();
        SimulatedCluster.Run run = launch(1);
        publish();
        cluster.hidden.add(run.launch);
        show();
        pass(Duration.ofMinutes(10));

        assertThat(rows.state(GRANT)).isEqualTo(new State.Bound(run.launch));
        assertThat(served()).hasSize(1);
    }

    /** The row of its end may be written later; no withdrawal is left that would cover another grant. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void leaseEndsWhenTheGrantExpires(boolean written) {
        grant(Optional.of("t1"), new State.Unbound());
        connect();
        launch(1);
        publish();
        pass(Duration.ofHours(2).minusMinutes(1));
        assertThat(served()).hasSize(1);

        pass(Duration.ofMinutes(2));
        if (written) {
            rows.end(GRANT, "has expired");
            publish();
        }
        assertThat(served()).isEmpty();
        assertThat(tables.withdrawals).isEmpty();
    }

    @Test
    void leaseOfAGrantIsAdoptedAfterARestart() {
        grant(Optional.of("t1"), new State.Unbound());
        connect();
        SimulatedCluster.Run run = launch(1);
        publish();
        bind(run, CONTAINER);
        settle();
        int calls = sts.callsInAll();
        Lease before = served().getFirst();

        restart();

        assertThat(served()).extracting(Lease::id).containsExactly(before.id());
        assertThat(sts.callsInAll()).isEqualTo(calls);
    }

    private static Instant expiry() {
        return Instant.parse("2026-01-01T02:00:00Z");
    }

    private void grant(Optional<String> taskId, State state) {
        Entitlement gift = entitlement("granted");
        Entitlement given = new Entitlement(
                gift.role(),
                gift.sessionName(),
                gift.sessionPolicy(),
                gift.sessionPolicyArns(),
                gift.tags(),
                gift.transitiveTags(),
                gift.sourceIdentity(),
                gift.externalId(),
                gift.region(),
                gift.via(),
                gift.defaultTags(),
                gift.sessionLength(),
                gift.leaseTtl(),
                gift.sharing(),
                gift.prefetch(),
                gift.sensitive(),
                Optional.of(expiry()));
        List<Selector> selectors = new ArrayList<>(List.of(new Selector.FrameworkPrincipal("principal")));
        if (taskId.isEmpty()) {
            selectors.add(LaunchGrant.label(GRANT));
        }
        rows.put(new LaunchGrant(
                new Policy(
                        BY_GRANT,
                        "/",
                        GRANT.toString(),
                        true,
                        0,
                        selectors,
                        new Rule.Allow(CredentialName.DEFAULT, given)),
                taskId,
                state));
        read = rows.read();
    }

    private SimulatedCluster.Run launch(int task) {
        SimulatedCluster.Run run = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), task, HOST);
        run.labels = List.of(new Label(LaunchGrant.LABEL, Optional.of(GRANT.toString())));
        show();
        settle();
        return run;
    }

    /** The controller reads the rows. */
    private void publish() {
        GrantSet next = rows.read();
        var concerned = next.difference(read);
        read = next;
        reconciler.policies().grantsChanged(concerned);
        reconciler.policies().grantsChanged(next.concerned());
        settle();
    }
}
