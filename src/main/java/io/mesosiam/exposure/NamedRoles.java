package io.mesosiam.exposure;

import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.grant.GrantSet;
import io.mesosiam.policy.grant.LaunchGrant;
import java.util.Comparator;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The roles that enabled policies and launch grants give, and the hub roles through which they do. */
public final class NamedRoles {
    private static final Comparator<IamRole> ORDER = Comparator.comparing(IamRole::arn);

    private NamedRoles() {}

    public static NavigableSet<IamRole> of(PolicySet policies, GrantSet grants) {
        NavigableSet<IamRole> roles = new TreeSet<>(ORDER);
        Stream.concat(
                        policies.policies().stream().filter(Policy::enabled),
                        grants.all().stream()
                                .filter(grant -> !(grant.state() instanceof LaunchGrant.State.Ended))
                                .map(LaunchGrant::policy))
                .map(Policy::rule)
                .forEach(rule -> {
                    if (rule instanceof Rule.Allow allow) {
                        Entitlement given = allow.entitlement();
                        roles.add(given.role());
                        given.via().ifPresent(roles::add);
                    }
                });
        return roles;
    }
}
