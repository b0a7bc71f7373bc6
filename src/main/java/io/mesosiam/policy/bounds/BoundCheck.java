package io.mesosiam.policy.bounds;

import io.mesosiam.mesos.MesosRole;
import io.mesosiam.policy.AttributeTrust;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Glob;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.Selector;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Compares one policy with the bounds of one namespace. The order of the checks and the words of each reason are those of the
 * trigger {@code policy_within_bounds}.
 */
record BoundCheck(Policy policy, Namespace namespace, Collection<AttributeTrust> trusts) {
    /** Why the policy violates a bound; begins with the column. */
    Optional<String> violation() {
        return switch (policy.rule()) {
            case Rule.Deny _ -> first(List.of(this::mesosRole, this::principal));
            case Rule.Allow allow -> {
                Entitlement gift = allow.entitlement();
                yield first(List.of(
                        this::unreadable,
                        this::mesosRole,
                        this::principal,
                        () -> iamRole(gift),
                        () -> account(gift),
                        () -> hub(gift),
                        () -> ttl(gift),
                        () -> sensitive(gift),
                        this::trusted));
            }
        };
    }

    private static Optional<String> first(List<Supplier<Optional<String>>> checks) {
        return checks.stream().flatMap(check -> check.get().stream()).findFirst();
    }

    private Bounds bounds() {
        return namespace.bounds();
    }

    private Optional<String> unreadable() {
        return namespace.unreadable().map(why -> "namespace: " + namespace.path() + " can't be read: " + why);
    }

    private Optional<String> mesosRole() {
        return selectors(Selector.UnderMesosRole.class)
                .map(Selector.UnderMesosRole::role)
                .filter(role -> !isBelow(role))
                .map(role -> "mesos_role: %s is outside mesos_roles of namespace %s".formatted(role, namespace.path()))
                .findFirst();
    }

    private boolean isBelow(MesosRole role) {
        return bounds().mesosRoles()
                .map(roles -> roles.stream().anyMatch(bound -> bound.covers(role)))
                .orElse(true);
    }

    private Optional<String> principal() {
        return selectors(Selector.FrameworkPrincipal.class)
                .map(Selector.FrameworkPrincipal::wanted)
                .filter(principal -> bounds().frameworkPrincipals()
                        .filter(principals -> !principals.contains(principal))
                        .isPresent())
                .map(principal -> "framework_principal: %s is outside framework_principals of namespace %s"
                        .formatted(principal, namespace.path()))
                .findFirst();
    }

    private Optional<String> iamRole(Entitlement gift) {
        return outside("iam_role_arn", gift.role(), bounds().iamRoleArns(), "iam_role_arns");
    }

    private Optional<String> account(Entitlement gift) {
        return outsideAccounts("iam_role_arn", gift.role());
    }

    /** The hub role's own bound takes the place of those of IAM roles, so that a hub can be allowed without being given to tasks. */
    private Optional<String> hub(Entitlement gift) {
        return gift.via()
                .flatMap(hub -> bounds().viaRoleArns().isPresent()
                        ? outside("via_role_arn", hub, bounds().viaRoleArns(), "via_role_arns")
                        : outside("via_role_arn", hub, bounds().iamRoleArns(), "iam_role_arns")
                                .or(() -> outsideAccounts("via_role_arn", hub)));
    }

    private Optional<String> outside(String column, IamRole role, Optional<List<Glob>> patterns, String bound) {
        return patterns.filter(allowed -> allowed.stream().noneMatch(pattern -> pattern.matches(role.arn())))
                .map(_ -> "%s: %s is outside %s of namespace %s".formatted(column, role, bound, namespace.path()));
    }

    private Optional<String> outsideAccounts(String column, IamRole role) {
        return bounds().awsAccounts()
                .filter(accounts -> !accounts.contains(role.account()))
                .map(_ -> "%s: %s is outside aws_accounts of namespace %s".formatted(column, role, namespace.path()));
    }

    private Optional<String> ttl(Entitlement gift) {
        return bounds().longestTtl().flatMap(longest -> ttl(gift, longest));
    }

    private Optional<String> ttl(Entitlement gift, Duration longest) {
        if (gift.leaseTtl().isEmpty()) {
            return Optional.of("lease_ttl: it is needed: longest_ttl of namespace %s is %d s"
                    .formatted(namespace.path(), longest.toSeconds()));
        }
        return gift.leaseTtl()
                .filter(ttl -> ttl.compareTo(longest) > 0)
                .map(ttl -> "lease_ttl: %d s is longer than longest_ttl of namespace %s, %d s"
                        .formatted(ttl.toSeconds(), namespace.path(), longest.toSeconds()));
    }

    private Optional<String> sensitive(Entitlement gift) {
        return bounds().sensitiveOnly() && !gift.sensitive()
                ? Optional.of("sensitive: it is false, but sensitive_only of namespace %s is true"
                        .formatted(namespace.path()))
                : Optional.empty();
    }

    private Optional<String> trusted() {
        return bounds().trustedSelectorsOnly() && policy.selectors().stream().noneMatch(this::mayBeTrusted)
                ? Optional.of(
                        "framework_principal: no selector is trusted, but trusted_selectors_only of namespace %s is true"
                                .formatted(namespace.path()))
                : Optional.empty();
    }

    /** Whether the selector is trusted for some framework. For which tasks it is, the decision on each task says. */
    private boolean mayBeTrusted(Selector selector) {
        return selector instanceof Selector.FrameworkPrincipal
                || trusts.stream()
                        .anyMatch(trust -> trust.attribute() == selector.attribute()
                                && (trust.key().isEmpty() || trust.key().equals(selector.key())));
    }

    private <S extends Selector> Stream<S> selectors(Class<S> kind) {
        return policy.selectors().stream().filter(kind::isInstance).map(kind::cast);
    }
}
