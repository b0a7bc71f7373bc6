package io.mesosiam.api.audit;

import io.mesosiam.api.Docs;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.mesosiam.api.list.ListParameters;
import io.mesosiam.api.list.ListRequest;
import io.mesosiam.api.sight.Sight;
import io.mesosiam.api.stream.OpenStreams;
import io.mesosiam.api.stream.Pace;
import io.mesosiam.api.stream.ResponseEnd;
import io.mesosiam.audit.AuditFilter;
import io.mesosiam.audit.AuditPage;
import io.mesosiam.audit.AuditQuery;
import io.mesosiam.audit.AuditedEvent;
import io.mesosiam.policy.store.PolicyTable;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.Callers;
import io.mesosiam.signin.HeldSignIn;
import io.mesosiam.signin.HeldSignIns;
import io.mesosiam.signin.Role;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The audit trail. */
@Path("/api/v1/audit-events")
@Tag(name = "audit", description = "The audit trail: who did what, when, from where, and how it ended")
@RunOnVirtualThread
public final class AuditEventResource {
    private static final String LINES = "application/x-ndjson";
    /** The fields of an event, in order. */
    public static final Set<String> FIELDS = ListParameters.Kind.names(AuditEventView.Event.class);

    private static final MediaType LINES_TYPE = MediaType.valueOf(LINES);

    private final AuditQuery events;
    private final PolicyTable policies;
    private final Callers callers;
    private final OpenStreams streams;
    private final HeldSignIns signIns;
    private final InstantSource clock;

    @Inject
    AuditEventResource(
            AuditQuery events,
            PolicyTable policies,
            Callers callers,
            OpenStreams streams,
            HeldSignIns signIns,
            InstantSource clock) {
        this.events = events;
        this.policies = policies;
        this.callers = callers;
        this.streams = streams;
        this.signIns = signIns;
        this.clock = clock;
    }

    /** A page of events, the newest first; or all of them as lines of JSON, the oldest first. */
    @GET
    @RolesAllowed({Role.Names.AUDITOR, Role.Names.ADMIN})
    @Produces({MediaType.APPLICATION_JSON, LINES})
    @APIResponse(
            responseCode = "200",
            description = "A page of the events, the newest first; as application/x-ndjson all events that match,"
                    + " the oldest first, a line each",
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(implementation = AuditEventView.Page.class)),
                @Content(mediaType = LINES, schema = @Schema(implementation = AuditEventView.Event.class))
            })
    @Operation(
            operationId = "listAuditEvents",
            summary = "The audit trail",
            description =
                    "For auditors and admins; those of a namespace see what was written there, and what its policies gave. With Accept:"
                            + " application/x-ndjson, all events that match are streamed, the oldest first, without pages.")
    public Response list(
            @BeanParam AuditSelection selection,
            @Parameter(
                            description = Docs.LIMIT,
                            example = "100",
                            schema =
                                    @Schema(
                                            type = SchemaType.INTEGER,
                                            minimum = "1",
                                            maximum = "1000",
                                            defaultValue = "100"))
                    @QueryParam("limit")
                    @Nullable
                    String limit,
            @Parameter(
                            description = Docs.CURSOR,
                            example = "1041",
                            schema = @Schema(type = SchemaType.STRING, pattern = AuditSearch.POSITION))
                    @QueryParam("cursor")
                    @Nullable
                    String cursor,
            @Parameter(
                            description = ListRequest.FIELDS,
                            schema = @Schema(type = SchemaType.STRING, maxLength = ListRequest.LONGEST_FIELDS))
                    @QueryParam("fields")
                    @Nullable
                    String fields,
            @Context HttpHeaders headers,
            @Context RoutingContext context) {
        Parameters parameters = new Parameters();
        Caller caller = callers.current();
        List<String> selected = ListParameters.fields(FIELDS, fields, parameters);
        // an export keeps no policies of its start
        UnaryOperator<AuditedEvent> shown = event -> event.shown(
                        text -> Sight.of(caller, policies.current()).sentence(text, event.given()))
                .only(selected);
        AuditSearch search = new AuditSearch(parameters);
        AuditFilter filter = selection.filter(search, caller);
        if (wantsLines(headers)) {
            search.noLimit(limit);
            long after = search.cursor(cursor, 0);
            parameters.check();
            return Response.ok(export(filter, after, caller, shown, context), LINES_TYPE)
                    .build();
        }
        int items = search.limit(limit);
        long before = search.cursor(cursor, Long.MAX_VALUE);
        parameters.check();
        return Response.ok(
                        page(events.newest(filter, before, AuditQuery.Most.ofPage(items)), shown),
                        MediaType.APPLICATION_JSON_TYPE)
                .build();
    }

    private AuditExport export(
            AuditFilter filter, long after, Caller caller, UnaryOperator<AuditedEvent> shown, RoutingContext context) {
        if (!streams.open(caller.name())) {
            throw new ProblemException(ProblemCode.TOO_MANY_STREAMS, OpenStreams.LIMITS);
        }
        HeldSignIn held = signIns.current();
        Pace pace = new Pace(context.vertx(), context.request(), caller.name());
        Runnable _ = ResponseEnd.once(context, () -> {
            pace.ended();
            streams.closed(caller.name());
        });
        return AuditExport.begin(
                events,
                filter,
                after,
                new AuditExport.Call(
                        shown, context.request().connection(), pace, () -> signIns.holds(held, clock.instant())));
    }

    private static boolean wantsLines(HttpHeaders headers) {
        MediaType first = headers.getAcceptableMediaTypes().getFirst();
        return !first.isWildcardType() && LINES_TYPE.isCompatible(first);
    }

    private static String page(AuditPage found, UnaryOperator<AuditedEvent> as) {
        JsonArray shown = new JsonArray();
        found.events().forEach(event -> shown.add(as.apply(event).json()));
        JsonObject page = new JsonObject().put("items", shown);
        if (found.more()) {
            page.put("next", Long.toString(found.events().getLast().id()));
        }
        return page.encode();
    }
}
