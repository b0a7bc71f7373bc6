package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.AuditEvent;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import io.mesosiam.policy.PolicyId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Policies that give a task different sessions. */
class ConflictingPoliciesTest extends ReconcilerFixture {
    @Test
    void conflictKeepsAnExistingLeaseRefusesNewTasksAndIsAudited() {
        allow(Sharing.TASK);
        connect();
        bind(start(1), CONTAINER);
        settle();
        assertThat(served()).hasSize(1);

        policy.put(CredentialName.DEFAULT, conflict("a", "b"));
        reconciler.policies().changed(1);
        bind(start(2), ContainerId.of("c2"));
        settle();
        clock.advance(Waits.AUDIT_AFTER);
        settle();

        assertThat(served()).singleElement().satisfies(lease -> assertThat(lease.container())
                .contains(CONTAINER));
        assertThat(reconciler.overview().refusedByCode()).containsExactly(Map.entry(RefusalCode.CONFLICT, 1L));
        assertThat(reconciler.overview().waitingByReason()).containsExactly(Map.entry(WaitReason.CONFLICT, 1L));
        assertThat(tables.trail)
                .filteredOn(event -> event.kind() == AuditEvent.Kind.WAITING)
                .singleElement()
                .satisfies(event -> assertThat(event.message()).startsWith("conflict: the lease is kept although"));

        clock.advance(Duration.ofMinutes(41));
        settle();
        assertThat(tables.trail).extracting(AuditEvent::kind).contains(AuditEvent.Kind.RENEWED);
        assertThat(served()).hasSize(1);
    }

    @Test
    void conflictEndsALeaseWhosePolicyNoLongerGivesTheSame() {
        allow(Sharing.TASK);
        connect();
        bind(start(1), CONTAINER);
        settle();

        policy.put(CredentialName.DEFAULT, conflict("b", "c"));
        reconciler.policies().changed(1);
        settle();

        assertThat(served()).isEmpty();
        assertThat(reconciler.overview().refusedByCode()).containsExactly(Map.entry(RefusalCode.CONFLICT, 1L));
    }

    @Test
    void leaseAdoptedAfterARestartIsKeptThroughAConflict() {
        allow(Sharing.TASK);
        connect();
        bind(start(1), CONTAINER);
        settle();
        int calls = sts.callsInAll();

        policy.put(CredentialName.DEFAULT, conflict("a", "b"));
        reconciler = newReconciler();
        show();
        connect();
        settle();

        assertThat(agent.served).hasSize(1);
        assertThat(sts.callsInAll()).isEqualTo(calls);
    }

    private static Decision conflict(String... roles) {
        Map<PolicyId, Entitlement> standing = new HashMap<>();
        for (String role : roles) {
            standing.put(
                    role.equals("a") ? TestLaunches.POLICY : new PolicyId(new UUID(8, role.hashCode())),
                    TestLaunches.entitlement(role, Optional.empty(), Optional.empty(), Sharing.TASK, Prefetch.ALWAYS));
        }
        return new Decision.Conflict(
                List.copyOf(standing.keySet()), standing, "policies of the same priority differ", List.of());
    }
}
