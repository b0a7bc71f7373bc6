package io.mesosiam.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The body of every error (RFC 9457, media type {@code application/problem+json}).
 *
 * @param type a URI reference that names the kind of problem: {@code /problems/} and the code
 * @param code one of {@link ProblemCode}, as text
 * @param requestId what the log has it under
 * @param errors every field that is wrong
 */
@RegisterForReflection
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
                    "internal"
                })
        String code,

        String requestId,
        List<FieldError> errors) {
    /** The media type of problem details. */
    static final String MEDIA_TYPE = "application/problem+json";

    /** One field of the request and what is wrong with it. */
    @RegisterForReflection
    public record FieldError(String field, String message) {}

    static Problem of(ProblemCode code, String detail, String requestId, List<FieldError> errors) {
        return new Problem(
                "/problems/" + code.text(), code.title(), code.status(), detail, code.text(), requestId, errors);
    }
}
