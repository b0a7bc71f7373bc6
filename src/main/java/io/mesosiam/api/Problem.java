package io.mesosiam.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The body of every error (RFC 9457, media type {@code application/problem+json}).
 *
 * @param type a URI reference that names the kind of problem: {@code /problems/} and the code
 * @param code one of {@link ProblemCode}, as text
 * @param requestId id of the request in the log
 * @param errors every invalid field, of more than {@link #MOST_ERRORS} the first
 * @param versions for {@link ProblemCode#PRECONDITION_FAILED}
 * @param leasesEnded for {@link ProblemCode#BLAST_RADIUS}
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
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
                    "not-permitted",
                    "not-found",
                    "method-not-allowed",
                    "not-acceptable",
                    "body-too-slow",
                    "name-taken",
                    "conflict",
                    "not-this-controller",
                    "no-other-controller",
                    "blast-radius",
                    "precondition-failed",
                    "body-too-large",
                    "target-too-long",
                    "unsupported-media-type",
                    "wrong-host",
                    "invalid-object",
                    "too-many-sign-ins",
                    "too-many-streams",
                    "too-many-bodies",
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

        @Schema(description = "Every invalid parameter or field, of more than 1,000 the first 1,000")
        List<FieldError> errors,

        @Schema(description = "For precondition-failed: the version that the request demands and the stored version")
        @Nullable
        Versions versions,

        @Schema(
                description = "For blast-radius: the number of live leases that the change would end",
                minimum = "1",
                examples = "120")
        @Nullable
        Long leasesEnded) {
    /** The media type of problem details. */
    public static final String MEDIA_TYPE = "application/problem+json";

    /** A body of 1 MiB can have more than 80,000. */
    static final int MOST_ERRORS = 1000;

    /** One invalid field of the request, with the reason. */
    @RegisterForReflection
    @Schema(
            description = "An invalid parameter or field, with the reason",
            requiredProperties = {"field", "message"})
    public record FieldError(
            @Schema(
                    description =
                            "The name of the parameter, or of the body's field; empty if it concerns no single field",
                    examples = "limit")
            String field,

            @Schema(description = "Why it is invalid", examples = "must be a whole number from 1 to 1000")
            String message) {}

    /** The demanded and the stored version of an object, as entity tags. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            description = "The versions of an object that a failed precondition concerns, as entity tags",
            requiredProperties = {"expected"})
    public record Versions(
            @Schema(description = "The If-Match or If-None-Match of the request", examples = Docs.TAG_EXAMPLE)
            String expected,

            @Schema(
                    description = "The ETag of the stored version; absent if the object does not exist",
                    examples = Docs.TAG_EXAMPLE)
            @Nullable
            String current) {}

    /** What only some problems have. */
    public record Extras(List<FieldError> errors, Optional<Versions> versions, OptionalLong leasesEnded) {
        static final Extras NONE = of(List.of());

        public Extras {
            errors = errors.stream().limit(MOST_ERRORS).toList();
        }

        /** The extras of a problem of parameters or fields. */
        public static Extras of(List<FieldError> errors) {
            return new Extras(errors, Optional.empty(), OptionalLong.empty());
        }
    }

    static Problem of(ProblemCode code, String detail, String requestId, Extras extras) {
        return new Problem(
                "/problems/" + code.text(),
                code.title(),
                code.status(),
                detail,
                code.text(),
                requestId,
                extras.errors(),
                extras.versions().orElse(null),
                extras.leasesEnded().stream().boxed().findFirst().orElse(null));
    }
}
