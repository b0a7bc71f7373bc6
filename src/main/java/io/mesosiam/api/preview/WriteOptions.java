package io.mesosiam.api.preview;

import io.mesosiam.api.Parameters;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import java.util.OptionalLong;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jspecify.annotations.Nullable;

/** The query parameters of every write that can end leases. */
public final class WriteOptions {
    private static final int MOST = 999_999_999;

    @Parameter(
            description = "server: stores nothing, and answers 200 with the preview of the change",
            example = "server",
            schema = @Schema(type = SchemaType.STRING, enumeration = "server"))
    @QueryParam("dryRun")
    public @Nullable String dryRun;

    @Parameter(
            description =
                    "The number of live leases that this change ends, as a preview or the problem blast-radius states"
                            + " it; for a withdrawal or a revocation, at least that number. Needed if it ends many",
            example = "120",
            schema = @Schema(type = SchemaType.INTEGER, minimum = "0", maximum = "999999999"))
    @QueryParam("confirm")
    public @Nullable String confirm;

    /** Whether nothing is stored. Reports a wrong parameter. */
    public boolean dry(Parameters parameters) {
        return parameters.word("dryRun", dryRun, List.of("server")).isPresent();
    }

    /** The number that the caller confirms. Reports a wrong parameter. */
    public OptionalLong confirmed(Parameters parameters) {
        return confirm == null ? OptionalLong.empty() : OptionalLong.of(parameters.number("confirm", confirm, 0, MOST));
    }
}
