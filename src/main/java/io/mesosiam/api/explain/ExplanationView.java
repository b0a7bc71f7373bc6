package io.mesosiam.api.explain;

import io.mesosiam.api.ExplainedDecision;
import io.mesosiam.api.ExplainedTask;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What the policies give a hypothetical task. */
@Schema(
        name = "Explanation",
        description = "What the policies give a hypothetical task",
        requiredProperties = {"policyVersion", "principalsEnforced", "task", "decisions", "truncated"})
record ExplanationView(
        @Schema(description = "The version of the policy table that the decisions used", minimum = "0", examples = "17")
        long policyVersion,

        @Schema(description = "Whether the decisions count principals as authenticated")
        boolean principalsEnforced,

        @Schema(description = "The values that selectors were compared with")
        ExplainedTask task,

        @Schema(
                description =
                        "The decisions of the policies, by credential name, until they have 1 MiB. Withdrawals are not"
                                + " considered",
                type = SchemaType.ARRAY,
                implementation = ExplainedDecision.class)
        List<Object> decisions,

        @Schema(description = "Whether there are decisions of more credential names")
        boolean truncated) {}
