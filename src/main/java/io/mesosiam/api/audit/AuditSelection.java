package io.mesosiam.api.audit;

import io.mesosiam.api.Docs;
import io.mesosiam.api.Forms;
import io.mesosiam.api.Parameters;
import io.mesosiam.audit.AuditFilter;
import io.mesosiam.signin.Caller;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jspecify.annotations.Nullable;

/** The query parameters that select audit events: those that match all that are given. */
public final class AuditSelection {
    @Parameter(
            description = "Only events from this time on",
            example = Docs.TIME_EXAMPLE,
            schema = @Schema(type = SchemaType.STRING, format = "date-time", pattern = Forms.TIME))
    @QueryParam("from")
    public @Nullable String from;

    @Parameter(
            description = "Only events before this time",
            example = Docs.TIME_EXAMPLE,
            schema = @Schema(type = SchemaType.STRING, format = "date-time", pattern = Forms.TIME))
    @QueryParam("to")
    public @Nullable String to;

    @Parameter(
            description =
                    "Only events of this kind; policy.* for all kinds that begin with 'policy.'. A kind that doesn't exist is"
                            + " refused, and the message lists the kinds",
            example = "lease.reaped",
            schema = @Schema(type = SchemaType.STRING))
    @QueryParam("kind")
    public @Nullable String kind;

    @Parameter(
            description = "Only events with this outcome",
            example = "refused",
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            enumeration = {"done", "refused", "failed"}))
    @QueryParam("outcome")
    public @Nullable String outcome;

    @Parameter(
            description =
                    "Only events of this actor. A name of another form is refused, and the message lists the forms",
            example = "oidc:alice@example.org",
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            minLength = 1,
                            maxLength = Parameters.MAX_TEXT,
                            pattern = AuditNames.ACTOR))
    @QueryParam("actor")
    public @Nullable String actor;

    @Parameter(
            description =
                    "Only events of this object. A name of another form is refused, and the message lists the forms",
            example = "policy:/data/etl",
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            minLength = 1,
                            maxLength = Parameters.MAX_TEXT,
                            pattern = AuditNames.OBJECT))
    @QueryParam("object")
    public @Nullable String object;

    @Parameter(
            description = "Only events of the framework with this id",
            example = Docs.FRAMEWORK_ID_EXAMPLE,
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            minLength = 1,
                            maxLength = Parameters.MAX_TEXT,
                            pattern = Forms.TEXT))
    @QueryParam("framework")
    public @Nullable String framework;

    @Parameter(
            description = "Only events of tasks with this id",
            example = Docs.TASK_ID_EXAMPLE,
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            minLength = 1,
                            maxLength = Parameters.MAX_TEXT,
                            pattern = Forms.TEXT))
    @QueryParam("task")
    public @Nullable String task;

    @Parameter(
            description = "Only events of this IAM role",
            example = Docs.IAM_ROLE_ARN_EXAMPLE,
            schema = @Schema(type = SchemaType.STRING, maxLength = Forms.LONGEST_ARN, pattern = Forms.IAM_ROLE))
    @QueryParam("iamRole")
    public @Nullable String iamRole;

    @Parameter(
            description = "Only events of the lease with this id",
            example = Docs.UUID_EXAMPLE,
            schema = @Schema(type = SchemaType.STRING, format = "uuid"))
    @QueryParam("lease")
    public @Nullable String lease;

    @Parameter(
            description = "Only events of the policy with this id",
            example = Docs.UUID_EXAMPLE,
            schema = @Schema(type = SchemaType.STRING, format = "uuid"))
    @QueryParam("policy")
    public @Nullable String policy;

    @Parameter(
            description = "Only events of the request with this id",
            example = "5f1c0b2e",
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            minLength = 1,
                            maxLength = Parameters.MAX_TEXT,
                            pattern = Forms.TEXT))
    @QueryParam("request")
    public @Nullable String request;

    /** The events of this selection that the caller sees. Invalid parameters are reported. */
    AuditFilter filter(AuditSearch search, Caller caller) {
        return new AuditFilter(
                search.time("from", from),
                search.time("to", to),
                search.kind(kind),
                search.outcome(outcome),
                search.actor(actor),
                search.object(object),
                search.text("framework", framework),
                search.text("task", task),
                search.iamRole(iamRole),
                search.id("lease", lease),
                search.id("policy", policy),
                search.text("request", request),
                AuditSearch.visible(caller));
    }
}
