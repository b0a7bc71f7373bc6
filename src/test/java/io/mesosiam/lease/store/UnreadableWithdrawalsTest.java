package io.mesosiam.lease.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import io.mesosiam.policy.Subject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UnreadableWithdrawalsTest {
    private static final CredentialName DENIED = new CredentialName("denied");
    private static final Map<CredentialName, Decision> DECISIONS = Map.of(
            CredentialName.DEFAULT,
            TestLaunches.allowed(
                    TestLaunches.entitlement("a", Optional.empty(), Optional.empty(), Sharing.TASK, Prefetch.ALWAYS)),
            DENIED,
            new Decision.Denied(TestLaunches.POLICY, "denied", List.of()));

    @Test
    void allowedBecomesUndecidedAndDeniedStaysDenied() {
        Map<CredentialName, Decision> decisions = decide(true);

        assertThat(decisions.get(CredentialName.DEFAULT).summary()).contains("a withdrawal can't be read");
        assertThat(decisions.get(CredentialName.DEFAULT))
                .isInstanceOfSatisfying(Decision.Narrowed.class, narrowed -> assertThat(narrowed.standing())
                        .containsExactly(Map.entry(
                                TestLaunches.POLICY,
                                TestLaunches.entitlement(
                                        "a", Optional.empty(), Optional.empty(), Sharing.TASK, Prefetch.ALWAYS))));
        assertThat(decisions.get(DENIED)).isEqualTo(DECISIONS.get(DENIED));
    }

    @Test
    void decisionIsUnchangedWhileEachWithdrawalCanBeRead() {
        assertThat(decide(false)).isEqualTo(DECISIONS);
    }

    private static Map<CredentialName, Decision> decide(boolean holdsBack) {
        Subject subject = new Subject(
                TestLaunches.task(TestLaunches.launch("t1"), TaskState.RUNNING, Optional.empty(), Optional.empty())
                        .task(),
                Optional.empty(),
                Optional.empty(),
                true,
                Enforcement.UNKNOWN);
        return new UnreadableWithdrawals(_ -> DECISIONS, () -> holdsBack).decide(subject);
    }
}
