package io.mesosiam.policy.store;

import static io.mesosiam.policy.BoundedPolicies.ROLE;
import static io.mesosiam.policy.BoundedPolicies.allow;
import static io.mesosiam.policy.BoundedPolicies.gift;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.policy.Glob;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.bounds.Bounds;
import io.mesosiam.policy.bounds.Namespace;
import io.mesosiam.policy.bounds.Namespaces;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OutOfBoundsTest {
    private static final Bounds NARROW = new Bounds(
            Optional.of(List.of(new Glob(ROLE + "data-*"))),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false,
            false);

    @Test
    void readinessNamesEachPolicyOutOfBoundsWithItsNamespace() {
        Namespaces tree = new Namespaces(List.of(new Namespace("/", Bounds.NONE), new Namespace("/data", NARROW)));
        PolicySet set = new PolicySet(
                1,
                List.of(allow("/data", "outside", gift(ROLE + "ops")), allow("/data", "inside", gift(ROLE + "data-x"))),
                List.of(),
                List.of(),
                false,
                tree);

        assertThat(PolicyTable.outOfBounds(set))
                .get()
                .asString()
                .startsWith("1 policies are out of the bounds of their namespaces: /data/outside (iam_role_arn: ")
                .doesNotContain("inside");
    }
}
