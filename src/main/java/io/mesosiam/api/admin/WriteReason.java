package io.mesosiam.api.admin;

import io.mesosiam.admin.Author;
import io.mesosiam.admin.Precondition;
import io.mesosiam.api.Parameters;
import io.mesosiam.signin.Role;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jspecify.annotations.Nullable;

/** The parameters that every write has: why, and of which version. */
public final class WriteReason {
    @Parameter(description = AdminDocs.REASON, required = true, example = AdminDocs.REASON_EXAMPLE)
    @QueryParam("reason")
    public @Nullable String reason;

    @Parameter(description = AdminDocs.IF_MATCH)
    @HeaderParam(HttpHeaders.IF_MATCH)
    public @Nullable String ifMatch;

    /**
     * A write as its request states it.
     *
     * @param expected the request's If-Match or If-None-Match, for the problem
     */
    public record Stated(Author author, Precondition precondition, String expected) {}

    /**
     * Reads the parameters of a write in a namespace, whose caller must have one of the roles there. Reports those that are
     * wrong.
     */
    public Stated stated(String namespace, Authors authors, Parameters parameters, Role... roles) {
        return stated(namespace, null, authors, parameters, roles);
    }

    /** Reads them for a write that can also create. */
    public Stated stated(
            String namespace, @Nullable String ifNoneMatch, Authors authors, Parameters parameters, Role... roles) {
        Precondition precondition = EntityTags.precondition(ifMatch, ifNoneMatch, parameters);
        return new Stated(
                authors.author(namespace, reason, parameters, roles),
                precondition,
                Optional.ofNullable(ifMatch)
                        .or(() -> Optional.ofNullable(ifNoneMatch))
                        .orElse(""));
    }
}
