package io.mesosiam.api.watch;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.mesosiam.api.stream.OpenStreams;
import io.mesosiam.api.stream.Pace;
import io.mesosiam.api.stream.ResponseEnd;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.Callers;
import io.mesosiam.signin.HeldSignIn;
import io.mesosiam.signin.HeldSignIns;
import io.mesosiam.signin.Role;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Streams of changes. */
@Path("/api/v1/watch/{objects}")
@APIResponse(responseCode = "429", description = "The caller has 8 streams open, or all callers together have 200")
@Tag(name = "watch", description = "Changes as they happen")
@RunOnVirtualThread
public final class WatchResource {
    static final String VERSION = "[0-9a-f]{8}\\.[0-9]{1,18}";
    private static final Pattern SEEN = Pattern.compile("(?<run>[0-9a-f]{8})\\.(?<version>[0-9]{1,18})");

    private final WatchFeeds feeds;
    private final OpenStreams streams;
    private final Callers callers;
    private final HeldSignIns signIns;
    private final ObjectMapper json;
    private final Vertx vertx;
    private final InstantSource clock;

    /** Versions count from the start of this controller. */
    private final String run = UUID.randomUUID().toString().substring(0, 8);

    @Inject
    WatchResource(
            WatchFeeds feeds,
            OpenStreams streams,
            Callers callers,
            HeldSignIns signIns,
            ObjectMapper json,
            Vertx vertx,
            InstantSource clock) {
        this.feeds = feeds;
        this.streams = streams;
        this.callers = callers;
        this.signIns = signIns;
        this.json = json;
        this.vertx = vertx;
        this.clock = clock;
    }

    /** The objects, and then each change of them. */
    @GET
    @RolesAllowed({
        Role.Names.VIEWER,
        Role.Names.OPERATOR,
        Role.Names.NAMESPACE_ADMIN,
        Role.Names.SPAWNER,
        Role.Names.ADMIN,
        Role.Names.AUDITOR
    })
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @APIResponse(
            responseCode = "200",
            description =
                    "Server-sent events. reset: forget what you know. added, changed, removed: the object as data, as"
                            + " the list shows it. synced: the state is complete. end: the stream ends, with code and message",
            content =
                    @Content(
                            mediaType = MediaType.SERVER_SENT_EVENTS,
                            schema = @Schema(implementation = WatchEvent.class)))
    @Operation(
            operationId = "watch",
            summary = "Watches policies, leases or agents",
            description =
                    "First all objects, then each change within about a second, of agents within three. Resume with the id of the last event;"
                            + " if the changes since are no longer known, all objects are sent again. A caller sees the policies of the"
                            + " namespaces of its roles; leases and agents need a role in the namespace /, others are refused. The"
                            + " stream ends when the sign-in does. It has what the controller that answers knows: leases of its"
                            + " own hosts. To follow all, open a stream at each controller.")
    public Response watch(
            @Parameter(
                            description = "What to watch",
                            example = "policies",
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            enumeration = {"policies", "leases", "agents"}))
                    @PathParam("objects")
                    String objects,
            @Parameter(
                            description = "The id of the last event that the caller has seen",
                            example = "5f1c0b2e.17",
                            schema = @Schema(type = SchemaType.STRING, pattern = "^" + VERSION + "$"))
                    @QueryParam("since")
                    @Nullable
                    String since,
            @Parameter(
                            description =
                                    "The same, as browsers send it; it comes before 'since'. After an id that is not known, all"
                                            + " objects are sent",
                            example = "5f1c0b2e.17")
                    @HeaderParam("Last-Event-ID")
                    @Nullable
                    String lastEventId,
            @Parameter(
                            description = "After how many seconds the stream ends",
                            example = "60",
                            schema =
                                    @Schema(
                                            type = SchemaType.INTEGER,
                                            minimum = "1",
                                            maximum = "86400",
                                            defaultValue = "3600"))
                    @DefaultValue("3600")
                    @QueryParam("timeoutSeconds")
                    String timeoutSeconds,
            @Context RoutingContext context) {
        Parameters parameters = new Parameters();
        parameters.require(
                "objects", WatchFeeds.NAMES.contains(objects), "must be one of " + String.join(", ", WatchFeeds.NAMES));
        Optional<Long> seen = seen(since, lastEventId, parameters);
        int seconds = parameters.number("timeoutSeconds", timeoutSeconds, 1, 86_400);
        parameters.check();
        Caller caller = objects.equals("policies") ? callers.current() : callers.requireSight();
        Watched<?, ?> watched = feeds.named(objects).orElseThrow();
        if (!streams.open(caller.name())) {
            throw new ProblemException(ProblemCode.TOO_MANY_STREAMS, OpenStreams.LIMITS);
        }
        HeldSignIn held = signIns.current();
        Pace pace = new Pace(vertx, context.request(), caller.name());
        // Also for a request that never gets to its stream, such as HEAD.
        Runnable closed = ResponseEnd.once(context, () -> {
            pace.ended();
            streams.closed(caller.name());
        });
        WatchStream stream = new WatchStream(
                watched,
                caller,
                new WatchStream.Position(run, seen),
                Duration.ofSeconds(seconds),
                () -> signIns.holds(held, clock.instant()),
                new WatchStream.Parts(json, streams, pace, closed));
        return Response.ok(stream, MediaType.SERVER_SENT_EVENTS_TYPE)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }

    /** A version of another run can't be resumed, nor what is none: the caller gets the whole state. */
    private Optional<Long> seen(@Nullable String since, @Nullable String lastEventId, Parameters parameters) {
        Optional<String> stated = Optional.ofNullable(since)
                .filter(text -> parameters.require(
                        "since", SEEN.matcher(text).matches(), "must be the id of an event, such as 5f1c0b2e.17"));
        return Optional.ofNullable(lastEventId)
                .or(() -> stated)
                .map(SEEN::matcher)
                .filter(Matcher::matches)
                .filter(found -> found.group("run").equals(run))
                .map(found -> Long.parseLong(found.group("version")));
    }
}
