package io.mesosiam.api.preview;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What reaches an IAM role now. */
@RegisterForReflection
@Schema(
        name = "WhoCan",
        description = "What reaches an IAM role now",
        requiredProperties = {"basis", "reach"})
public record WhoCanView(
        @Schema(description = "What the answer rests on") BasisView basis,
        @Schema(description = "What reaches it") ReachView reach) {}
