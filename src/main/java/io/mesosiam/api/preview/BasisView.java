package io.mesosiam.api.preview;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.preview.live.Basis;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What an answer rests on. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "PreviewBasis",
        description = "What the answer rests on",
        requiredProperties = {"policyVersion", "clusterVersion", "gaps"})
public record BasisView(
        @Schema(description = "The version of the policies in force at this controller", examples = "17")
        long policyVersion,

        @Schema(description = "The version of the cluster state, which this controller counts", examples = "4711")
        long clusterVersion,

        @Schema(
                description = "The id of the leading master of that state; absent if none has answered yet",
                examples = "5f1c0b2e-7f3a-4c55-9a0e-3c3f7d1a2b4c")
        @Nullable
        String leader,

        @Schema(
                description = "What this controller's view lacks, one sentence each; empty if it is complete",
                examples = "[]")
        List<String> gaps) {
    static BasisView of(Basis basis) {
        return new BasisView(
                basis.policyVersion(), basis.clusterVersion(), basis.leader().orElse(null), basis.gaps());
    }
}
