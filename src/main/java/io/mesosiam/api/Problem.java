package io.mesosiam.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The body of every error (RFC 9457, media type {@code application/problem+json}).
 *
 * @param type a URI reference that names the kind of problem: {@code /problems/} and the code
 * @param code one of {@link ProblemCode}, as text
 * @param requestId id of the request in the log
 * @param errors every invalid field
 */
@RegisterForReflection
@Schema(
        description = "An error, as RFC 9457 defines it",
        requiredProperties = {"type", "title", "status", "detail", "code", "requestId", "errors"})
public record Problem(
        @Schema(
                description = "Identifies the kind of problem: /problems/ and the code",
                format = "uri-reference",
                examples = "/problems/not-found")
        String type,

        @Schema(
                description = "The kind of problem in words, the same for every problem with this code",
                examples = "There is nothing here")
        String title,

        @Schema(description = "The HTTP status", minimum = "400", maximum = "599", examples = "404")
        int status,

        @Schema(description = "Why this request failed", examples = "the cluster shows no such task of this framework")
        String detail,

        @Schema(
                description = "The kind of problem, stable, for programs",
                enumeration = {
                    "invalid-parameter",
                    "malformed-request",
                    "not-signed-in",
                    "not-allowed",
                    "cross-site",
                    "not-found",
                    "method-not-allowed",
                    "not-acceptable",
                    "name-taken",
                    "body-too-large",
                    "target-too-long",
                    "unsupported-media-type",
                    "wrong-host",
                    "too-many-sign-ins",
                    "headers-too-large",
                    "internal",
                    "unavailable"
                },
                examples = "not-found")
        String code,

        @Schema(
                description = "Identifies the request in the controller's log; also in the header X-Request-Id",
                format = "uuid",
                examples = Docs.UUID_EXAMPLE)
        String requestId,

        @Schema(description = "Every invalid parameter") List<FieldError> errors) {
    /** The media type of problem details. */
    static final String MEDIA_TYPE = "application/problem+json";

    /** One invalid field of the request, with the reason. */
    @RegisterForReflection
    @Schema(
            description = "An invalid parameter, with the reason",
            requiredProperties = {"field", "message"})
    public record FieldError(
            @Schema(description = "The parameter's name", examples = "limit")
            String field,

            @Schema(description = "Why it is invalid", examples = "must be a whole number from 1 to 1000")
            String message) {}

    static Problem of(ProblemCode code, String detail, String requestId, List<FieldError> errors) {
        return new Problem(
                "/problems/" + code.text(), code.title(), code.status(), detail, code.text(), requestId, errors);
    }
}
