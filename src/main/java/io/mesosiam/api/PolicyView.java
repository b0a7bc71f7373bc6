package io.mesosiam.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.admin.Policies;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.Rule.Effect;
import io.mesosiam.policy.Selector;
import io.mesosiam.policy.lint.Lint;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A policy as the API shows it.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "Policy",
        description = "Allows an IAM role to the tasks that match all of its selectors, or denies it",
        requiredProperties = {
            "policyId",
            "namespace",
            "name",
            "enabled",
            "effect",
            "priority",
            "selectors",
            "matchAll",
            "warnings"
        })
public record PolicyView(
        @Schema(description = Docs.POLICY_ID, format = "uuid", examples = Docs.UUID_EXAMPLE)
        String policyId,

        @Schema(description = "The namespace that the policy belongs to", examples = "/data/reporting")
        String namespace,

        @Schema(description = "Unique in its namespace", examples = "nightly-report")
        String name,

        @Schema(description = "false: the policy has no effect")
        boolean enabled,

        @Schema(
                description = "deny beats every allow",
                enumeration = {"allow", "deny"},
                examples = "allow")
        String effect,

        @Schema(description = "Of the allows that match, those with the highest number decide", examples = "0")
        int priority,

        @Schema(description = "All must hold") List<SelectorView> selectors,

        @Schema(description = "Whether it has no selector and matches every task")
        boolean matchAll,

        @Schema(
                description = Docs.CREDENTIAL_NAME + "; absent for a deny of all names",
                examples = Docs.CREDENTIAL_NAME_EXAMPLE)
        @Nullable
        String credentialName,

        @Schema(description = "What an allow gives; absent for a deny") @Nullable
        EntitlementView gives,

        @Schema(
                description =
                        "Why it is out of the bounds of its namespaces; begins with the column. Such an allow gives"
                                + " nothing, such a deny denies tasks within the bounds only. Absent for a policy within them",
                examples = "lease_ttl: it is needed: longest_ttl of namespace /data is 86400 s")
        @Nullable
        String outOfBounds,

        @Schema(description = "Valid settings that are probably a mistake")
        List<String> warnings) {
    /**
     * A policy as this controller has read it.
     *
     * @param outOfBounds why the policy is out of the bounds of its namespaces, if it is
     */
    public static PolicyView of(Policy policy, Optional<String> outOfBounds) {
        String outside = outOfBounds.orElse(null);
        return switch (policy.rule()) {
            case Rule.Allow allow ->
                of(policy, Effect.ALLOW, allow.name().value(), EntitlementView.of(allow.entitlement()), outside);
            case Rule.Deny deny ->
                of(policy, Effect.DENY, deny.name().map(Object::toString).orElse(null), null, outside);
        };
    }

    /** A constant as the API shows it. */
    public static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static PolicyView of(
            Policy policy,
            Effect effect,
            @Nullable String name,
            @Nullable EntitlementView gives,
            @Nullable String outOfBounds) {
        return new PolicyView(
                policy.id().toString(),
                policy.namespace(),
                policy.name(),
                policy.enabled(),
                effect.name().toLowerCase(Locale.ROOT),
                policy.priority(),
                policy.selectors().stream().map(SelectorView::of).toList(),
                policy.matchesAll(),
                name,
                gives,
                outOfBounds,
                Lint.of(policy).stream().map(Policies::inJson).toList());
    }

    /** One condition of a policy; all of them must match. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            name = "Selector",
            description = "One condition of a policy",
            requiredProperties = {"attribute", "wanted"})
    public record SelectorView(
            @Schema(
                    description = "What it compares",
                    enumeration = {
                        "framework_principal",
                        "framework_name",
                        "mesos_role",
                        "task_name",
                        "task_user",
                        "image",
                        "label",
                        "agent_attribute"
                    },
                    examples = "framework_principal")
            String attribute,

            @Schema(description = "Which label or attribute; absent for other selectors", examples = "team") @Nullable
            String key,

            @Schema(description = "The required value, as written in the policy", examples = "svc-reporting")
            String wanted) {
        static SelectorView of(Selector selector) {
            return new SelectorView(
                    selector.attribute().name().toLowerCase(Locale.ROOT),
                    selector.key().orElse(null),
                    selector.wanted());
        }
    }

    /**
     * The entitlement of an allow. The external id is confidential between the account's owner and the controller; only
     * its presence is shown.
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            name = "Entitlement",
            description = "What an allow gives",
            requiredProperties = {
                "iamRoleArn",
                "sessionPolicyArns",
                "tags",
                "transitiveTags",
                "hasExternalId",
                "defaultTags",
                "sessionLengthSeconds",
                "sharing",
                "prefetch",
                "sensitive"
            })
    public record EntitlementView(
            @Schema(description = Docs.IAM_ROLE_ARN, examples = Docs.IAM_ROLE_ARN_EXAMPLE)
            String iamRoleArn,

            @Schema(description = "The template of the role session name", examples = "{framework}.{task}") @Nullable
            String sessionName,

            @Schema(description = "The inline session policy, a JSON document") @Nullable
            String sessionPolicy,

            @Schema(description = "The ARNs of managed session policies")
            List<String> sessionPolicyArns,

            @Schema(description = "Session tags by key; values are templates")
            Map<String, String> tags,

            @Schema(description = "The keys of the tags that persist through role chaining")
            List<String> transitiveTags,

            @Schema(description = "The source identity", examples = "nightly-report") @Nullable
            String sourceIdentity,

            @Schema(description = "Whether an external id is sent; the id itself is not shown")
            boolean hasExternalId,

            @Schema(
                    description = "The region of the STS that is called; absent: the controller's own",
                    examples = "eu-west-1")
            @Nullable
            String region,

            @Schema(
                    description = "The ARN of the hub role, which is assumed first; absent: none",
                    examples = "arn:aws:iam::210987654321:role/hub")
            @Nullable
            String viaRoleArn,

            @Schema(description = "Whether sessions get the default tags")
            boolean defaultTags,

            @Schema(
                    description = "How long one session lasts, in seconds",
                    minimum = "900",
                    maximum = "43200",
                    examples = "3600")
            long sessionLengthSeconds,

            @Schema(
                    description = "How long after its start a task can have the credentials, in seconds;"
                            + " absent: as long as it runs",
                    minimum = "60",
                    examples = "86400")
            @Nullable
            Long leaseTtlSeconds,

            @Schema(
                    description =
                            "task: each launch has a session of its own. role: launches with equal sessions share one",
                    enumeration = {"task", "role"},
                    examples = "task")
            String sharing,

            @Schema(
                    description = "always: a session is ready before the task requests it. on-ask: STS is"
                            + " called when the task requests it",
                    enumeration = {"always", "on-ask"},
                    examples = "always")
            String prefetch,

            @Schema(description = "true: only for tasks whose launch a controller saw")
            boolean sensitive) {
        static EntitlementView of(Entitlement given) {
            return new EntitlementView(
                    given.role().arn(),
                    given.sessionName().orElse(null),
                    given.sessionPolicy().orElse(null),
                    given.sessionPolicyArns(),
                    given.tags(),
                    given.transitiveTags(),
                    given.sourceIdentity().orElse(null),
                    given.externalId().isPresent(),
                    given.region().orElse(null),
                    given.via().map(IamRole::arn).orElse(null),
                    given.defaultTags().isPresent(),
                    given.sessionLength().toSeconds(),
                    given.leaseTtl().map(ttl -> ttl.toSeconds()).orElse(null),
                    word(given.sharing()),
                    word(given.prefetch()),
                    given.sensitive());
        }
    }
}
