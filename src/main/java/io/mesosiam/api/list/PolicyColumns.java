package io.mesosiam.api.list;

import static io.mesosiam.admin.ListColumn.Type.NUMBER;
import static io.mesosiam.admin.ListColumn.Type.TEXT;
import static io.mesosiam.admin.ListColumn.Type.TRUTH;

import io.mesosiam.admin.ListColumn;
import io.mesosiam.admin.Policies;
import io.mesosiam.api.PolicyView;
import io.mesosiam.api.list.MemoryList.Column;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Rule;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The fields of policies in force that a list can be filtered and sorted by; those of 'gives' are unset for a deny. */
final class PolicyColumns {
    private PolicyColumns() {}

    static MemoryList<Policy> list(PolicySet set) {
        return new MemoryList<>(
                        "policyId",
                        policy -> policy.id().value(),
                        List.of(
                                Column.of("namespace", TEXT, Policy::namespace),
                                Column.of("name", TEXT, Policy::name),
                                Column.of("enabled", TRUTH, Policy::enabled),
                                Column.of("effect", TEXT, PolicyColumns::effect),
                                Column.of("priority", NUMBER, policy -> (long) policy.priority()),
                                Column.of("matchAll", TRUTH, Policy::matchesAll),
                                Column.optional("credentialName", TEXT, PolicyColumns::credentialName),
                                Column.optional("outOfBounds", TEXT, policy -> outOfBounds(set, policy)),
                                given(
                                        "iamRoleArn",
                                        TEXT,
                                        gives -> Optional.of(gives.role().arn())),
                                given("sessionName", TEXT, Entitlement::sessionName),
                                given("sessionPolicy", TEXT, Entitlement::sessionPolicy),
                                given("sourceIdentity", TEXT, Entitlement::sourceIdentity),
                                given(
                                        "hasExternalId",
                                        TRUTH,
                                        gives -> Optional.of(gives.externalId().isPresent())),
                                given("region", TEXT, Entitlement::region),
                                given("viaRoleArn", TEXT, gives -> gives.via().map(IamRole::arn)),
                                given(
                                        "defaultTags",
                                        TRUTH,
                                        gives -> Optional.of(gives.defaultTags().isPresent())),
                                given(
                                        "sessionLengthSeconds",
                                        NUMBER,
                                        gives -> Optional.of(
                                                gives.sessionLength().toSeconds())),
                                given("leaseTtlSeconds", NUMBER, gives -> gives.leaseTtl()
                                        .map(Duration::toSeconds)),
                                given("sharing", TEXT, gives -> Optional.of(PolicyView.word(gives.sharing()))),
                                given("prefetch", TEXT, gives -> Optional.of(PolicyView.word(gives.prefetch()))),
                                given("sensitive", TRUTH, gives -> Optional.of(gives.sensitive()))),
                        PolicyView.class)
                .with("gives", PolicyView.EntitlementView.class);
    }

    /** Why a policy is out of the bounds of its namespaces, if it is. */
    static Optional<String> outOfBounds(PolicySet set, Policy policy) {
        return Optional.ofNullable(set.outOfBounds().get(policy.id())).map(Policies::inJson);
    }

    private static Column<Policy> given(
            String json, ListColumn.Type type, Function<Entitlement, Optional<? extends Comparable<?>>> value) {
        return Column.optional(
                json,
                type,
                policy -> policy.rule() instanceof Rule.Allow allow
                        ? value.apply(allow.entitlement())
                        : Optional.empty());
    }

    private static String effect(Policy policy) {
        return policy.rule() instanceof Rule.Allow ? "allow" : "deny";
    }

    private static Optional<String> credentialName(Policy policy) {
        return switch (policy.rule()) {
            case Rule.Allow allow -> Optional.of(allow.name().value());
            case Rule.Deny deny -> deny.name().map(CredentialName::value);
        };
    }
}
