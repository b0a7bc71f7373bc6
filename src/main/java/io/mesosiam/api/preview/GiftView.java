package io.mesosiam.api.preview;

import io.mesosiam.api.Docs;
import io.mesosiam.preview.Gift;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The credentials that a task has, or gets on request. */
@RegisterForReflection
@Schema(
        name = "PreviewedCredentials",
        description = "The credentials that a task has, or gets when it requests them",
        requiredProperties = {"iamRoleArn", "policyId"})
public record GiftView(
        @Schema(description = Docs.IAM_ROLE_ARN, examples = Docs.IAM_ROLE_ARN_EXAMPLE)
        String iamRoleArn,

        @Schema(description = "The policy that gives them", format = "uuid", examples = Docs.UUID_EXAMPLE)
        String policyId) {
    static GiftView of(Gift gift) {
        return new GiftView(gift.role().arn(), gift.policy().toString());
    }

    static @Nullable GiftView of(Optional<Gift> gift) {
        return gift.map(GiftView::of).orElse(null);
    }
}
