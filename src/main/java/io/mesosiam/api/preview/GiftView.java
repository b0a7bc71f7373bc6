package io.mesosiam.api.preview;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.api.Docs;
import io.mesosiam.preview.Gift;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The credentials that a task has, or gets on request. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "PreviewedCredentials",
        description = "The credentials that a task has, or gets when it requests them",
        requiredProperties = {"iamRoleArn"})
public record GiftView(
        @Schema(description = Docs.IAM_ROLE_ARN, examples = Docs.IAM_ROLE_ARN_EXAMPLE)
        String iamRoleArn,

        @Schema(
                description = "The policy that gives them; absent if a launch grant does",
                format = "uuid",
                examples = Docs.UUID_EXAMPLE)
        @Nullable
        String policyId,

        @Schema(
                description = "The launch grant that gives them; absent if a policy does",
                format = "uuid",
                examples = Docs.UUID_EXAMPLE)
        @Nullable
        String grantId) {
    static GiftView of(Gift gift) {
        return new GiftView(
                gift.role().arn(),
                gift.policy().policyRow().map(Object::toString).orElse(null),
                gift.policy().grantRow().map(Object::toString).orElse(null));
    }

    static @Nullable GiftView of(Optional<Gift> gift) {
        return gift.map(GiftView::of).orElse(null);
    }
}
