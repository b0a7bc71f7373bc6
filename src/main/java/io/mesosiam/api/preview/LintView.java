package io.mesosiam.api.preview;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.admin.Policies;
import io.mesosiam.api.Docs;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.UnusableRow.RejectedRow;
import io.mesosiam.preview.PolicyFinding;
import io.mesosiam.preview.live.Findings;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.RoleGrant;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What is probably not intended in the policies. */
@RegisterForReflection
@Schema(
        name = "PolicyLint",
        description = "What is probably not intended in the policies in force",
        requiredProperties = {"basis", "findings"})
public record LintView(
        @Schema(description = "What the findings rest on") BasisView basis,

        @Schema(
                description =
                        "The findings about policies of the namespaces that the caller sees; rows that can't be used first")
        List<Finding> findings) {
    /** One finding. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            name = "PolicyFinding",
            description = "Something about a policy that is probably not intended",
            requiredProperties = {"policyId", "name", "kind", "others", "message"})
    public record Finding(
            @Schema(description = Docs.POLICY_ID, format = "uuid", examples = Docs.UUID_EXAMPLE)
            String policyId,

            @Schema(
                    description = "The policy's namespace; absent for a row that can't be used",
                    examples = "/data/reporting")
            @Nullable
            String namespace,

            @Schema(description = "The policy's name", examples = "nightly-report")
            String name,

            @Schema(
                    description = "The kind of the finding",
                    enumeration = {
                        "unusable",
                        "suspect",
                        "matches-nothing",
                        "shadowed",
                        "conflicts",
                        "self-asserted",
                        "refused-by-aws",
                        "session-too-long"
                    },
                    examples = "matches-nothing")
            String kind,

            @Schema(
                    description = "The ids of the other policies that it concerns",
                    examples = "[\"" + Docs.UUID_EXAMPLE + "\"]")
            List<String> others,

            @Schema(description = "One sentence", examples = "no running task matches")
            String message) {}

    /** The answer to a caller. A row that can't be used belongs to no namespace: it needs a role in every namespace. */
    static LintView of(Findings found, Caller caller) {
        Map<PolicyId, Policy> policies = new HashMap<>();
        found.set().policies().forEach(policy -> policies.put(policy.id(), policy));
        Map<PolicyId, RejectedRow> rejected = new HashMap<>();
        found.set().rejected().forEach(row -> rejected.put(row.policy(), row));
        return new LintView(
                BasisView.of(found.basis()),
                found.findings().stream()
                        .filter(finding -> caller.sees(namespace(finding, policies)))
                        .map(finding -> of(finding, policies, rejected))
                        .toList());
    }

    private static String namespace(PolicyFinding finding, Map<PolicyId, Policy> policies) {
        Policy policy = policies.get(finding.policy());
        return policy == null ? RoleGrant.EVERYWHERE : policy.namespace();
    }

    private static Finding of(
            PolicyFinding finding, Map<PolicyId, Policy> policies, Map<PolicyId, RejectedRow> rejected) {
        Policy policy = policies.get(finding.policy());
        RejectedRow row = rejected.get(finding.policy());
        String name = row == null ? "(unknown)" : row.name();
        return new Finding(
                finding.policy().toString(),
                policy == null ? null : policy.namespace(),
                policy == null ? name : policy.name(),
                finding.kind().text(),
                finding.others().stream().map(Object::toString).toList(),
                Policies.inJson(finding.message()));
    }
}
