package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.MesosAgentId;
import java.time.Instant;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** The live leases by the identity of their sessions. */
class LeaseIndexTest {
    private static final MesosAgentId HOST = new MesosAgentId("S1");

    private final LeaseIndex index = new LeaseIndex();

    @Test
    void leasesOfAnIdentityAreThoseThatAreLive() {
        Lease one = lease("t1", "a");
        Lease two = lease("t2", "a");
        Lease other = lease("t3", "b");
        index.put(kept(one));
        index.put(kept(two));
        index.put(kept(other));
        assertThat(index.withIdentity("a")).containsExactlyInAnyOrder(kept(one), kept(two));
        assertThat(index.identities()).containsExactlyInAnyOrder("a", "b");

        index.end(two.in(new LeaseState.Reaped("over", Instant.EPOCH)));
        index.put(kept(with(other, "a")));
        assertThat(index.withIdentity("a")).containsExactlyInAnyOrder(kept(one), kept(with(other, "a")));
        assertThat(index.identities()).containsExactly("a");

        index.remove(one.id());
        index.remove(one.id());
        index.remove(other.id());
        assertThat(index.withIdentity("a")).isEmpty();
        assertThat(index.identities()).isEmpty();
    }

    @Test
    void leasesOfAnIdentityAreFoundAtOnceAmongManyOthers() {
        for (int i = 0; i < 50_000; i++) {
            index.put(kept(lease("t" + i, "identity " + i)));
        }

        Assertions.assertTimeoutPreemptively(TimeLimit.seconds(2), () -> {
            for (int i = 0; i < 20_000; i++) {
                assertThat(index.withIdentity("identity " + i)).hasSize(1);
            }
        });
    }

    private static Lease lease(String task, String identity) {
        return with(
                TestLaunches.lease(TestLaunches.launch("F1", task, HOST, 1), new LeaseState.Pending("new")), identity);
    }

    private static Lease with(Lease lease, String identity) {
        return new Lease(
                lease.id(),
                lease.key(),
                lease.role(),
                lease.policy(),
                identity,
                lease.sessionName(),
                lease.witnessed(),
                lease.container(),
                lease.createdAt(),
                lease.until(),
                lease.state(),
                lease.revision());
    }

    private static ManagedLease kept(Lease lease) {
        return ManagedLease.fromRow(lease);
    }
}
