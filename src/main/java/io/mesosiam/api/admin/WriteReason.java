package io.mesosiam.api.admin;

import io.mesosiam.admin.Author;
import io.mesosiam.admin.Precondition;
import io.mesosiam.api.Forms;
import io.mesosiam.api.Parameters;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jspecify.annotations.Nullable;

/** The parameters that every write has: why, and of which version. */
public final class WriteReason {
    @Parameter(
            description = AdminDocs.REASON,
            required = true,
            example = AdminDocs.REASON_EXAMPLE,
            schema = @Schema(type = SchemaType.STRING, maxLength = Author.LONGEST_REASON, pattern = Forms.LINE))
    @QueryParam("reason")
    public @Nullable String reason;

    @Parameter(
            description = AdminDocs.IF_MATCH,
            schema = @Schema(type = SchemaType.STRING, minLength = 1, pattern = EntityTags.IF_MATCH))
    @HeaderParam(HttpHeaders.IF_MATCH)
    public @Nullable String ifMatch;

    /**
     * A write as its request states it.
     *
     * @param expected the request's If-Match or If-None-Match, for the problem
     */
    public record Stated(Author author, Precondition precondition, String expected) {}

    /** Who writes, for the reason that the request states. It reports a reason that is missing or too long. */
    @FunctionalInterface
    public interface Authorship {
        Author of(@Nullable String reason);
    }

    /** Reads the parameters of a write of an object that exists. Reports those that are wrong. */
    public Stated stated(Parameters parameters, Authorship author) {
        return stated(null, parameters, author);
    }

    /** Reads them for a write that can also create. */
    public Stated stated(@Nullable String ifNoneMatch, Parameters parameters, Authorship author) {
        Precondition precondition = EntityTags.precondition(ifMatch, ifNoneMatch, parameters);
        return new Stated(author.of(reason), precondition, WrittenObject.expected(ifMatch, ifNoneMatch));
    }
}
