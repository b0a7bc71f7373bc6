package io.mesosiam.policy.bounds;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.policy.AttributeTrust;
import io.mesosiam.policy.BoundedPolicies;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Decision.Allowed;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Glob;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Selector;
import io.mesosiam.policy.Subject;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Checks decisions against the bounds of every namespace above the deciding policy or launch grant, without the code that bounds. */
public final class BoundsOracle {
    public static final List<String> ROLES = List.of("eng", "eng/data", "eng/data/etl", "ops");
    public static final List<String> PRINCIPALS = List.of("svc-web", "svc-ops");

    /** Tasks of these Mesos roles, of frameworks with these principals and without one. */
    public static final List<Subject> TASKS = ROLES.stream()
            .flatMap(role -> Stream.concat(PRINCIPALS.stream().map(Optional::of), Stream.of(Optional.<String>empty()))
                    .map(principal -> BoundedPolicies.subject(role, principal)))
            .toList();

    private BoundsOracle() {}

    /** Returns how many tasks are given something. */
    public static int check(PolicySet set, List<Subject> tasks) {
        Namespaces tree = (Namespaces) set.limits();
        int given = 0;
        for (Subject task : tasks) {
            for (Decision made : set.decide(task).values()) {
                Decision decision = made instanceof Decision.Unbound unbound ? unbound.bound() : made;
                if (decision instanceof Allowed allowed) {
                    given++;
                    Policy policy = policy(set, allowed.policy());
                    tree.withAncestors(policy.namespace())
                            .forEach(namespace -> checkWithin(namespace, policy, allowed.entitlement(), task, set));
                }
                if (decision instanceof Decision.Denied denied) {
                    tree.withAncestors(policy(set, denied.policy()).namespace())
                            .forEach(namespace -> checkTask(namespace.bounds(), task));
                }
            }
        }
        return given;
    }

    private static void checkWithin(Namespace namespace, Policy policy, Entitlement gift, Subject task, PolicySet set) {
        Bounds bounds = namespace.bounds();
        String arn = gift.role().arn();
        checkRole(arn, bounds.iamRoleArns());
        bounds.awsAccounts().ifPresent(accounts -> assertThat(accounts).contains(arn.substring(13, 25)));
        gift.via().ifPresent(hub -> {
            checkRole(hub.arn(), bounds.viaRoleArns().or(bounds::iamRoleArns));
            if (bounds.viaRoleArns().isEmpty()) {
                bounds.awsAccounts().ifPresent(accounts -> assertThat(accounts)
                        .contains(hub.arn().substring(13, 25)));
            }
        });
        bounds.longestTtl()
                .ifPresent(longest -> assertThat(gift.leaseTtl().orElseThrow()).isLessThanOrEqualTo(longest));
        bounds.sessionPolicyFloor()
                .ifPresent(floor -> assertThat(gift.sessionPolicy().orElseThrow())
                        .contains(floor.statements())
                        .hasSizeLessThanOrEqualTo(2048));
        if (bounds.sensitiveOnly()) {
            assertThat(gift.sensitive()).isTrue();
        }
        if (bounds.trustedSelectorsOnly()) {
            assertThat(policy.selectors()).anyMatch(selector -> isTrusted(selector, task, set));
        }
        checkTask(bounds, task);
    }

    private static void checkRole(String arn, Optional<List<Glob>> patterns) {
        patterns.ifPresent(allowed -> assertThat(allowed)
                .anyMatch(pattern ->
                        arn.matches(pattern.pattern().replace("*", ".*").replace("?", "."))));
    }

    private static void checkTask(Bounds bounds, Subject task) {
        String role = task.task().role().value() + "/";
        bounds.mesosRoles()
                .ifPresent(roles -> assertThat(roles).anyMatch(bound -> role.startsWith(bound.value() + "/")));
        bounds.frameworkPrincipals().ifPresent(principals -> assertThat(principals)
                .contains(task.framework().orElseThrow().principal().orElse("none")));
    }

    private static boolean isTrusted(Selector selector, Subject task, PolicySet set) {
        Optional<String> principal = task.framework().orElseThrow().principal();
        return switch (selector.attribute()) {
            case FRAMEWORK_PRINCIPAL -> true;
            case MESOS_ROLE ->
                set.trusted().stream()
                        .filter(trust -> trust.attribute() == selector.attribute())
                        .map(AttributeTrust::frameworkPrincipal)
                        .map(Optional::of)
                        .anyMatch(principal::equals);
            default -> false;
        };
    }

    private static Policy policy(PolicySet set, PolicyId id) {
        return set.policies().stream()
                .filter(policy -> policy.id().equals(id))
                .findFirst()
                .or(() -> set.grants().find(id))
                .orElseThrow();
    }
}
