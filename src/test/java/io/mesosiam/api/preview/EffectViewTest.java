package io.mesosiam.api.preview;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.api.sight.Sight;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.BoundedPolicies;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Policies;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.preview.Effect;
import io.mesosiam.preview.Gift;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.Role;
import io.mesosiam.signin.RoleGrant;
import io.mesosiam.signin.SignIn;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A caller with a role in a namespace sees what policies of that namespace and below give, and no other policies. */
class EffectViewTest {
    private static final Policy OUR_POLICY = BoundedPolicies.in("/data/reporting", Policies.denyAll("nightly"));
    private static final Policy THEIR_POLICY = BoundedPolicies.in("/data", Policies.denyAll("stop"));
    private static final PolicyId OURS = OUR_POLICY.id();
    private static final PolicyId THEIRS = THEIR_POLICY.id();
    private static final PolicySet BEFORE = PolicySet.of(1, List.of(THEIR_POLICY));
    private static final PolicySet AFTER = PolicySet.of(2, List.of(OUR_POLICY));

    @Test
    void credentialsOfAnotherNamespaceAreNotShown() {
        EffectView view = view("/data/reporting", "");

        assertThat(view.before()).isNull();
        assertThat(view.after()).isNotNull();
        assertThat(view.kind()).isEqualTo("changes");
    }

    @Test
    void credentialsOfTheNamespaceAndBelowAreShown() {
        assertThat(view("/data", "").before()).isNotNull();
        assertThat(view("/", "").before()).isNotNull();
    }

    @Test
    void credentialsOfAnUnknownPolicyAreShownInTheRootOnly() {
        Effect effect = effect("", Optional.of(gift(new PolicyId(new UUID(1, 3)))));

        assertThat(view(effect, "/data").before()).isNull();
        assertThat(view(effect, "/").before()).isNotNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            no policy gives it                                                | true
            policy /data/reporting/nightly denies it                          | true
            policy /data/reporting/a/nightly is out of the bounds             | true
            policy /data/stop denies it                                       | false
            policy /stop denies it                                            | false
            policy stop denies it                                             | false
            policy /data/reporting-2/stop denies it                           | false
            different answers: /data/reporting/nightly, /ops/nightly          | false
            arn:aws:iam::123456789012:role/x is refused                       | true
            policy 00000000-0000-0001-0000-000000000009: tags: too long       | false
            grant 00000000-0000-0001-0000-000000000009 is suspended           | false
            """)
    void sentencesAboutPoliciesOfOtherNamespacesAreNotShown(String reason, boolean shown) {
        assertThat(view("/data/reporting", reason).reason())
                .isEqualTo(shown ? reason : "a policy of another namespace decides it");
        assertThat(view("/", reason).reason()).isEqualTo(reason);
    }

    @Test
    void sentencesAboutOwnPoliciesAreShownByTheirIds() {
        String reason = "policy " + OURS + ": tags: too long";

        assertThat(view("/data/reporting", reason).reason()).isEqualTo(reason);
        assertThat(view("/data/other", reason).reason()).isEqualTo("a policy of another namespace decides it");
    }

    @Test
    void agentThatIsConnectedToAnotherControllerIsConnected() {
        Caller caller = caller("/");
        Sight sight = Sight.of(caller, AFTER);
        Effect effect = effect("", Optional.empty(), false);
        MesosAgentId host = effect.launch().key().agent();

        assertThat(EffectView.of(effect, sight, sight, caller, host::equals).agentConnected())
                .isTrue();
        assertThat(EffectView.of(effect, sight, sight, caller, _ -> false).agentConnected())
                .isFalse();
    }

    private static EffectView view(String namespace, String reason) {
        return view(effect(reason, Optional.of(gift(THEIRS))), namespace);
    }

    private static EffectView view(Effect effect, String namespace) {
        Caller caller = caller(namespace);
        return EffectView.of(effect, Sight.of(caller, BEFORE), Sight.of(caller, AFTER), caller, _ -> false);
    }

    private static Effect effect(String reason, Optional<Gift> before) {
        return effect(reason, before, true);
    }

    private static Effect effect(String reason, Optional<Gift> before, boolean connected) {
        return new Effect(
                TestLaunches.launch("t1"),
                Optional.empty(),
                CredentialName.DEFAULT,
                before,
                Optional.of(gift(OURS)),
                List.of("iamRoleArn"),
                false,
                false,
                Optional.empty(),
                reason,
                Optional.empty(),
                connected);
    }

    private static Gift gift(PolicyId policy) {
        return new Gift(TestLaunches.role("a"), policy, "hash", Optional.empty());
    }

    private static Caller caller(String namespace) {
        return new Caller(
                "token:ci", SignIn.TOKEN, Set.of(new RoleGrant(Role.NAMESPACE_ADMIN, namespace)), "192.0.2.1");
    }
}
