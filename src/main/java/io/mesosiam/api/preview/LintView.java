package io.mesosiam.api.preview;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.admin.JsonText;
import io.mesosiam.admin.Policies;
import io.mesosiam.api.Docs;
import io.mesosiam.api.JsonItems;
import io.mesosiam.api.sight.Sight;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.UnusableRow.RejectedRow;
import io.mesosiam.preview.PolicyFinding;
import io.mesosiam.preview.live.Findings;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.RoleGrant;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What is probably not intended in the policies. */
@RegisterForReflection
@Schema(
        name = "PolicyLint",
        description = "What is probably not intended in the policies in force",
        requiredProperties = {"basis", "findings", "findingCount"})
public record LintView(
        @Schema(description = "What the findings rest on") BasisView basis,

        @Schema(
                description =
                        "The findings about policies of the namespaces that the caller sees; rows that can't be used first."
                                + " At most 1000, and 1 MiB",
                type = SchemaType.ARRAY,
                implementation = Finding.class)
        List<Object> findings,

        @Schema(
                description = "The number of findings, also of those that 'findings' doesn't have",
                minimum = "0",
                examples = "3")
        long findingCount) {
    private static final int MOST = 1000;

    /** Of a message, in characters. */
    private static final int LONGEST = 2048;

    /** One finding. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            name = "PolicyFinding",
            description = "Something about a policy that is probably not intended",
            requiredProperties = {"policyId", "name", "kind", "others", "otherCount", "message"})
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
                    description =
                            "The ids of the other policies that it concerns: of the first 20, those of namespaces that the caller sees",
                    examples = "[\"" + Docs.UUID_EXAMPLE + "\"]")
            List<String> others,

            @Schema(
                    description =
                            "How many other policies it concerns, of all namespaces; at least so many if they are more than 'others' has and"
                                    + " concern several tasks",
                    minimum = "0",
                    examples = "1")
            int otherCount,

            @Schema(description = "One sentence", examples = "no running task matches")
            String message) {}

    /** The answer to a caller. A row that can't be used belongs to no namespace: it needs a role in every namespace. */
    static LintView of(Findings found, Caller caller, ObjectMapper json) {
        Sight sight = Sight.of(caller, found.set());
        Map<PolicyId, RejectedRow> rejected = new HashMap<>();
        found.set().rejected().forEach(row -> rejected.put(row.policy(), row));
        JsonItems findings =
                JsonItems.of(seen(found, caller).map(finding -> of(finding, found.set(), sight, rejected)), MOST, json);
        return new LintView(
                BasisView.of(found.basis()),
                findings.items(),
                findings.more() ? seen(found, caller).count() : findings.items().size());
    }

    private static Stream<PolicyFinding> seen(Findings found, Caller caller) {
        return found.findings().all().filter(finding -> caller.sees(namespace(finding, found.set())));
    }

    private static String namespace(PolicyFinding finding, PolicySet set) {
        return set.policy(finding.policy()).map(Policy::namespace).orElse(RoleGrant.EVERYWHERE);
    }

    private static Finding of(PolicyFinding finding, PolicySet set, Sight sight, Map<PolicyId, RejectedRow> rejected) {
        Policy policy = set.policy(finding.policy()).orElse(null);
        RejectedRow row = rejected.get(finding.policy());
        String name = row == null ? "(unknown)" : row.name();
        return new Finding(
                finding.policy().toString(),
                policy == null ? null : policy.namespace(),
                policy == null ? name : policy.name(),
                finding.kind().text(),
                finding.others().stream()
                        .filter(sight::sees)
                        .map(Object::toString)
                        .toList(),
                finding.otherCount(),
                JsonText.shortened(Policies.inJson(finding.message()), LONGEST));
    }
}
