package io.mesosiam.api.admin;

import io.mesosiam.admin.Author;
import io.mesosiam.api.Forms;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jspecify.annotations.Nullable;

/** The parameter of every write that says why. */
public final class Reason {
    @Parameter(
            description = AdminDocs.REASON,
            required = true,
            example = AdminDocs.REASON_EXAMPLE,
            schema = @Schema(type = SchemaType.STRING, maxLength = Author.LONGEST_REASON, pattern = Forms.LINE))
    @QueryParam("reason")
    public @Nullable String reason;
}
