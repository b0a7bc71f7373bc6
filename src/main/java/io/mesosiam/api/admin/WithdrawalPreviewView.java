package io.mesosiam.api.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.api.Docs;
import io.mesosiam.api.preview.WithdrawalReview;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What a withdrawal or a revocation would end, as the API shows it. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "WithdrawalPreview",
        description = "What a withdrawal would end; nothing is stored",
        requiredProperties = {"leasesEnded", "liveLeases", "warnings"})
public record WithdrawalPreviewView(
        @Schema(description = "Number of live leases that it covers", minimum = "0", examples = "3")
        long leasesEnded,

        @Schema(description = "Number of all live leases", minimum = "0", examples = "40")
        long liveLeases,

        @Schema(
                description = "When the last session of these leases expires; only for a revocation, and absent if none"
                        + " has a session",
                format = "date-time",
                examples = Docs.TIME_EXAMPLE)
        @Nullable
        String keysValidUntil,

        @Schema(description = "The IAM roles whose sessions would be denied at AWS; only for a revocation") @Nullable
        List<String> deniedIamRoles,

        @Schema(description = "Those of the leases that would end later; absent if there are none") @Nullable
        EndedLaterView endedLater,

        @Schema(
                description = "Why it needs 'confirm', with the number; absent if it may be made",
                examples = "it would end 120 of 400 live leases")
        @Nullable
        String objection,

        @Schema(description = "What is probably not intended")
        List<String> warnings) {
    private static final String NOTHING =
            "it covers no live lease now: compare the ids with GET /api/v1/leases. It holds for tasks that start later";

    static WithdrawalPreviewView of(WithdrawalReview.Preview preview, List<String> warnings) {
        return of(preview, null, null, warnings);
    }

    static WithdrawalPreviewView of(
            WithdrawalReview.Preview preview,
            @Nullable String keysValidUntil,
            @Nullable List<String> deniedIamRoles,
            List<String> warnings) {
        return new WithdrawalPreviewView(
                preview.ended().leases(),
                preview.ended().live(),
                keysValidUntil,
                deniedIamRoles,
                EndedLaterView.of(preview.ended().later()).orElse(null),
                preview.objection().orElse(null),
                warnings(preview.ended().leases(), warnings));
    }

    /**
     * What is probably not intended.
     *
     * @param leases how many live leases are covered
     * @param named what is probably wrong with the ids
     */
    static List<String> warnings(long leases, List<String> named) {
        return Stream.concat(named.stream(), leases == 0 ? Stream.of(NOTHING) : Stream.empty())
                .toList();
    }
}
