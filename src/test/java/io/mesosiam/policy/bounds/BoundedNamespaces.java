package io.mesosiam.policy.bounds;

import static io.mesosiam.policy.BoundedPolicies.ROLE;
import static io.mesosiam.policy.BoundedPolicies.sensitive;

import io.mesosiam.mesos.MesosRole;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Glob;
import io.mesosiam.policy.NamespaceLimits.Placement;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Subject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Namespaces with one bound each, the sets of policies in them, and what these decide. */
final class BoundedNamespaces {
    static final Bounds ARNS = bounds(List.of(ROLE + "data-*"), null, null, null);
    static final Bounds ACCOUNT = bounds(null, Set.of("123456789012"), null, null);
    static final Bounds ENG = bounds(null, null, List.of("eng/data"), null);
    static final Bounds WEB = bounds(null, null, null, Set.of("svc-web"));
    static final Bounds DAY = new Bounds(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(Duration.ofDays(1)),
            Optional.empty(),
            false,
            false);
    static final Bounds TRUSTED = flags(true, false);
    static final Bounds SENSITIVE = flags(false, true);

    private BoundedNamespaces() {}

    static Decision decide(Namespaces tree, Subject subject, Policy... policies) {
        return set(tree, policies).decide(subject).get(CredentialName.DEFAULT);
    }

    static PolicySet set(Namespaces tree, Policy... policies) {
        return new PolicySet(1, List.of(policies), List.of(), List.of(), false, tree);
    }

    static String reason(Placement placement) {
        return switch (placement) {
            case Placement.Within _ -> "";
            case Placement.Outside outside -> outside.reason();
        };
    }

    static Namespaces tree(String path, Bounds bounds) {
        return tree(path, bounds, "/data/reporting", Bounds.NONE);
    }

    static Namespaces tree(String one, Bounds bounds, String two, Bounds more) {
        return new Namespaces(List.of(
                new Namespace("/", Bounds.NONE),
                new Namespace(one, bounds),
                new Namespace(two, more),
                new Namespace("/database", Bounds.NONE),
                new Namespace("/data/reporting/daily", Bounds.NONE)));
    }

    static Bounds bounds(
            @Nullable List<String> arns,
            @Nullable Set<String> accounts,
            @Nullable List<String> roles,
            @Nullable Set<String> principals) {
        return new Bounds(
                Optional.ofNullable(arns).map(all -> all.stream().map(Glob::new).toList()),
                Optional.ofNullable(accounts),
                Optional.empty(),
                Optional.ofNullable(roles)
                        .map(all -> all.stream().map(MesosRole::new).toList()),
                Optional.ofNullable(principals),
                Optional.empty(),
                Optional.empty(),
                false,
                false);
    }

    /** Bounds of IAM roles and their accounts, and of hub roles. */
    static Bounds hubs(@Nullable List<String> arns, @Nullable Set<String> accounts, @Nullable List<String> hubs) {
        Bounds roles = bounds(arns, accounts, null, null);
        return new Bounds(
                roles.iamRoleArns(),
                roles.awsAccounts(),
                Optional.ofNullable(hubs).map(all -> all.stream().map(Glob::new).toList()),
                roles.mesosRoles(),
                roles.frameworkPrincipals(),
                roles.longestTtl(),
                roles.sessionPolicyFloor(),
                false,
                false);
    }

    static Bounds flags(boolean trusted, boolean sensitive) {
        return new Bounds(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                trusted,
                sensitive);
    }

    static Bounds floor(String json) {
        return new Bounds(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(SessionPolicyFloor.parse(json)),
                false,
                false);
    }
}
