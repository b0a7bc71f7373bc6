package io.mesosiam.api.preview;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.admin.RowsOfPage;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.Policies;
import io.mesosiam.policy.Policy;
import io.mesosiam.preview.Gift;
import io.mesosiam.preview.Reached;
import io.mesosiam.preview.live.Previewed;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.Role;
import io.mesosiam.signin.RoleGrant;
import io.mesosiam.signin.SignIn;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Thousands of policies and tasks can reach one IAM role. */
class ReachViewTest {
    private static final IamRole ROLE = new IamRole("arn:aws:iam::123456789012:role/web");
    private static final Caller CALLER =
            new Caller("token:ci", SignIn.TOKEN, Set.of(new RoleGrant(Role.VIEWER, RoleGrant.EVERYWHERE)), "192.0.2.1");
    private static final List<Policy> POLICIES = IntStream.range(0, 1500)
            .mapToObj(i -> Policies.allow("p" + i, "default", 0, Policies.gift("web")))
            .toList();

    @Test
    void thousandPoliciesAndTasksAreListedAndAllAreCounted() {
        ReachView view = view(RowsOfPage.BYTES);

        assertThat(view.policies()).hasSize(1000);
        assertThat(view.policyCount()).isEqualTo(1500);
        assertThat(view.tasks()).hasSize(1000);
        assertThat(view.taskCount()).isEqualTo(1500);
    }

    @Test
    void listsEndOnceTheyHaveTheirBytes() throws Exception {
        ReachView view = view(40_000);

        assertThat(view.policies()).hasSizeBetween(1, 999);
        assertThat(view.tasks()).hasSizeBetween(1, 999);
        assertThat(new ObjectMapper().writeValueAsBytes(view)).hasSizeLessThan(42_000);
    }

    @Test
    void agentThatIsConnectedToAnotherControllerIsConnected() {
        Reached reached = reached(1, false);
        MesosAgentId host = reached.launch().key().agent();

        assertThat(ReachView.Task.of(reached, host::equals).agentConnected()).isTrue();
        assertThat(ReachView.Task.of(reached, _ -> false).agentConnected()).isFalse();
    }

    private static Reached reached(int number, boolean connected) {
        return new Reached(
                TestLaunches.launch("t" + number),
                Optional.empty(),
                CredentialName.DEFAULT,
                new Gift(ROLE, POLICIES.get(number).id(), "ab".repeat(32), Optional.empty()),
                Optional.empty(),
                connected);
    }

    private static ReachView view(int bytes) {
        List<Reached> reached =
                IntStream.range(0, 1500).mapToObj(i -> reached(i, true)).toList();
        return ReachView.of(
                new Previewed.Role(ROLE, POLICIES, Map.of(), reached), CALLER, _ -> false, bytes, new ObjectMapper());
    }
}
