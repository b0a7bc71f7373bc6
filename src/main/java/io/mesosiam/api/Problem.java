package io.mesosiam.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The body of every error (RFC 9457, media type {@code application/problem+json}).
 *
 * @param type a URI reference that names the kind of problem: {@code /problems/} and the code
 * @param code one of {@link ProblemCode}, as text
 * @param requestId what the log has it under
 * @param retryAfterSeconds when asking again makes sense; absent where it doesn't
 * @param errors every field that is wrong
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
        String type,
        String title,
        int status,
        String detail,

        @Schema(
                enumeration = {
                    "invalid-parameter",
                    "not-found",
                    "method-not-allowed",
                    "not-acceptable",
                    "wrong-host",
                    "not-ready",
                    "internal"
                })
        String code,

        String requestId,
        @Nullable Integer retryAfterSeconds,
        List<FieldError> errors) {
    /** The media type of problem details. */
    static final String MEDIA_TYPE = "application/problem+json";

    /** One field of the request and what is wrong with it. */
    @RegisterForReflection
    public record FieldError(String field, String message) {}

    static Problem of(ProblemCode code, String detail, String requestId, List<FieldError> errors) {
        return new Problem(
                "/problems/" + code.text(),
                code.title(),
                code.status(),
                detail,
                code.text(),
                requestId,
                code == ProblemCode.NOT_READY ? 2 : null,
                errors);
    }
}
