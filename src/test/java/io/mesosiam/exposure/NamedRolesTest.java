package io.mesosiam.exposure;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.Policies;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.grant.GrantSet;
import io.mesosiam.policy.grant.LaunchGrant.State;
import io.mesosiam.policy.grant.TestGrants;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NamedRolesTest {
    @Test
    void rolesAreThoseOfEnabledPoliciesAndOpenGrantsAndTheirHubs() {
        PolicySet policies = PolicySet.of(
                1,
                List.of(
                        Policies.allow("reports", 0),
                        Policies.allow("same", "other", 0, Policies.gift("reports")),
                        Policies.allow("through-hub", "default", 0, through("hub", Policies.gift("remote"))),
                        Policies.disabled(Policies.allow("disabled", 0)),
                        Policies.denyAll("denied")));
        GrantSet grants = GrantSet.of(List.of(
                TestGrants.forTask("open", "granted", "t1", new State.Unbound()),
                TestGrants.forTask("over", "ended", "t2", new State.Ended("was revoked", Optional.empty()))));

        assertThat(NamedRoles.of(policies, grants))
                .extracting(IamRole::name)
                .containsExactly("granted", "hub", "remote", "reports");
    }

    private static Entitlement through(String hub, Entitlement gift) {
        return gift.with(draft -> draft.via = Optional.of(Policies.gift(hub).role()));
    }
}
