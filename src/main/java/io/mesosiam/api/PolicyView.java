package io.mesosiam.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.policy.Effect;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.RejectedRow;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.Selector;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A policy as the API shows it.
 *
 * @param effect {@code allow} or {@code deny}
 * @param credentialName the name it is about; absent for a deny of all names
 * @param gives what an allow gives; absent for a deny
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Policy")
public record PolicyView(
        String policyId,
        String namespace,
        String name,
        boolean enabled,
        String effect,
        int priority,
        List<SelectorView> selectors,
        @Nullable String credentialName,
        @Nullable EntitlementView gives) {
    static PolicyView of(Policy policy) {
        return switch (policy.rule()) {
            case Rule.Allow allow ->
                of(policy, Effect.ALLOW, allow.name().value(), EntitlementView.of(allow.entitlement()));
            case Rule.Deny deny ->
                of(policy, Effect.DENY, deny.name().map(Object::toString).orElse(null), null);
        };
    }

    private static PolicyView of(Policy policy, Effect effect, @Nullable String name, @Nullable EntitlementView gives) {
        return new PolicyView(
                policy.id().toString(),
                policy.namespace(),
                policy.name(),
                policy.enabled(),
                effect.name().toLowerCase(Locale.ROOT),
                policy.priority(),
                policy.selectors().stream().map(SelectorView::of).toList(),
                name,
                gives);
    }

    /** One condition, all of which must hold. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "Selector")
    public record SelectorView(String attribute, @Nullable String key, String wanted) {
        static SelectorView of(Selector selector) {
            return new SelectorView(
                    selector.attribute().name().toLowerCase(Locale.ROOT),
                    selector.key().orElse(null),
                    selector.wanted());
        }
    }

    /**
     * What an allow gives. The external id is between the account's owner and the controller; only whether there is one is
     * shown.
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "Entitlement")
    public record EntitlementView(
            String iamRoleArn,
            @Nullable String sessionName,
            @Nullable String sessionPolicy,
            List<String> sessionPolicyArns,
            Map<String, String> tags,
            List<String> transitiveTags,
            @Nullable String sourceIdentity,
            boolean hasExternalId,
            @Nullable String region,
            long sessionLengthSeconds,
            @Nullable Long leaseTtlSeconds,
            String sharing,
            String prefetch,
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
                    given.sessionLength().toSeconds(),
                    given.leaseTtl().map(ttl -> ttl.toSeconds()).orElse(null),
                    word(given.sharing()),
                    word(given.prefetch()),
                    given.sensitive());
        }

        private static String word(Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** A row that SQL accepted but that can't be used; it decides nothing. */
    @Schema(name = "RejectedPolicy")
    public record Rejected(String policyId, String name, String effect, String reason) {
        static Rejected of(RejectedRow row) {
            return new Rejected(
                    row.policy().toString(), row.name(), row.effect().name().toLowerCase(Locale.ROOT), row.reason());
        }
    }
}
