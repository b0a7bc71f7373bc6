package io.mesosiam.api.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.admin.revocation.Revocation;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A revocation, as the API shows it. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "Revocation",
        description = "A revocation, with what it covered when it was made",
        requiredProperties = {"id", "leases", "deniedIamRoles", "note", "warnings"})
public record RevocationView(
        @Schema(description = "The id of the withdrawal, to lift it", format = "uuid")
        String id,

        @Schema(description = "Number of live leases that it covers")
        int leases,

        @Schema(
                description = "When the last session of these leases, and of those that it covered when it was made,"
                        + " expires; absent: none has or had a session",
                format = "date-time")
        @Nullable
        String keysValidUntil,

        @Schema(description = "The IAM roles whose sessions are to be denied at AWS; empty unless hard")
        List<String> deniedIamRoles,

        @Schema(description = "Those of the leases that end later; absent if there are none") @Nullable
        EndedLaterView endedLater,

        @Schema(description = "What the revocation does not do")
        String note,

        @Schema(description = "What is probably not intended, such as a revocation that covers no lease")
        List<String> warnings) {
    static RevocationView of(Revocation revocation, List<String> warnings) {
        Optional<EndedLaterView> later = EndedLaterView.of(revocation.later());
        return new RevocationView(
                revocation.id().toString(),
                revocation.leases(),
                revocation.keysValidUntil().map(Instant::toString).orElse(null),
                revocation.denials(),
                later.orElse(null),
                note(revocation, later),
                WithdrawalPreviewView.warnings(revocation.leases(), warnings));
    }

    private static String note(Revocation revocation, Optional<EndedLaterView> later) {
        if (revocation.keysValidUntil().isEmpty()) {
            return "No live lease that this covers has a session. Keys of leases that ended before stay valid until their expiry.";
        }
        String until = revocation.keysValidUntil().get().toString();
        String serving = "Agents that are connected to a controller stop serving now. "
                + later.map(it -> it.text() + ". ").orElse("");
        return revocation.denials().isEmpty()
                ? serving + "Keys that a task has copied stay valid until their expiry, the last at " + until
                        + "; a hard revocation denies them at AWS."
                : serving
                        + "Keys that a task has copied stay valid until AWS has the denial, which takes some seconds, or"
                        + " else until their expiry, the last at " + until + ".";
    }
}
