package io.mesosiam.api.host;

import static io.mesosiam.admin.ListColumn.Type.TEXT;
import static io.mesosiam.admin.ListColumn.Type.TIME;
import static io.mesosiam.admin.ListColumn.Type.TRUTH;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.admin.Author;
import io.mesosiam.admin.Refused;
import io.mesosiam.admin.Written;
import io.mesosiam.admin.host.Hosts;
import io.mesosiam.admin.host.StoredHost;
import io.mesosiam.api.AnsweringController;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.Problem;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.mesosiam.api.admin.Authors;
import io.mesosiam.api.admin.Reason;
import io.mesosiam.api.admin.RefusedProblem;
import io.mesosiam.api.list.ListParameters;
import io.mesosiam.api.list.ListRequest;
import io.mesosiam.api.list.MemoryList;
import io.mesosiam.api.list.MemoryList.Column;
import io.mesosiam.channel.AgentChannel;
import io.mesosiam.enrol.authority.HostName;
import io.mesosiam.mesos.master.ClusterWatch;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.Callers;
import io.mesosiam.signin.Role;
import io.mesosiam.signin.RoleGrant;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The hosts that have enrolled: listed, evicted, and let enrol again. */
@Path("/api/v1/hosts")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = HostDocs.TAG, description = HostDocs.TAG_DESCRIPTION)
@NonBlocking
public final class HostsResource {
    private static final MemoryList<HostView> LIST = new MemoryList<>(
            new MemoryList.Ids<>(
                    Column.of("hostname", TEXT, HostView::hostname),
                    HostView::hostname,
                    Comparator.<String>naturalOrder(),
                    Optional::of),
            List.of(
                    Column.optional("certificateSerial", TEXT, host -> Optional.ofNullable(host.certificateSerial())),
                    Column.optional("proof", TEXT, host -> Optional.ofNullable(host.proof())),
                    Column.optional("issuedAt", TIME, host -> Optional.ofNullable(host.issuedAt())),
                    Column.optional("expiresAt", TIME, host -> Optional.ofNullable(host.expiresAt())),
                    Column.optional("instanceId", TEXT, host -> Optional.ofNullable(host.instanceId())),
                    Column.optional("instanceAccount", TEXT, host -> Optional.ofNullable(host.instanceAccount())),
                    Column.optional("instanceRegion", TEXT, host -> Optional.ofNullable(host.instanceRegion())),
                    Column.optional("instanceState", TEXT, host -> Optional.ofNullable(host.instanceState())),
                    Column.of("evicted", TRUTH, HostView::evicted),
                    Column.optional("evictedAt", TIME, host -> Optional.ofNullable(host.evictedAt())),
                    Column.optional("evictedBy", TEXT, host -> Optional.ofNullable(host.evictedBy())),
                    Column.optional("evictionReason", TEXT, host -> Optional.ofNullable(host.evictionReason())),
                    Column.of("connected", TRUTH, HostView::connected)),
            HostView.class);

    private final Hosts hosts;
    private final AgentChannel channel;
    private final AnsweringController answering;
    private final ClusterWatch cluster;
    private final Authors authors;
    private final Callers callers;
    private final ObjectMapper json;

    @Inject
    HostsResource(
            Hosts hosts,
            AgentChannel channel,
            AnsweringController answering,
            ClusterWatch cluster,
            Authors authors,
            Callers callers,
            ObjectMapper json) {
        this.hosts = hosts;
        this.channel = channel;
        this.answering = answering;
        this.cluster = cluster;
        this.authors = authors;
        this.callers = callers;
        this.json = json;
    }

    /** What is listed. */
    public static ListParameters.Kind kind() {
        return LIST.kind();
    }

    /** The hosts, a page at a time. */
    @GET
    @RolesAllowed({
        Role.Names.VIEWER,
        Role.Names.OPERATOR,
        Role.Names.NAMESPACE_ADMIN,
        Role.Names.SPAWNER,
        Role.Names.ADMIN,
        Role.Names.AUDITOR
    })
    @APIResponseSchema(value = HostView.Page.class, responseCode = "200", responseDescription = "A page of the hosts")
    @APIResponse(responseCode = "403", description = "The caller has no role in /")
    @Operation(
            operationId = "listHosts",
            summary = "The hosts that have enrolled, or were evicted",
            description = "Each with its newest certificate, by name unless 'sort' is given." + HostDocs.EVERYWHERE)
    public Uni<HostView.Page> list(@BeanParam ListRequest request) {
        Parameters parameters = new Parameters();
        ListParameters list = request.of(kind(), parameters);
        parameters.check();
        Caller unused = callers.requireSight();
        Context context = Objects.requireNonNull(Vertx.currentContext(), "a request has an event loop");
        return connectedNames()
                // a session needs an event loop
                .emitOn(command -> context.runOnContext(_ -> command.run()))
                .chain(connected -> hosts.all(
                        List.<HostView>of(),
                        (first, part) -> LIST.first(
                                list, Stream.concat(first.stream(), part.map(host -> HostView.of(host, connected))))))
                .map(first -> LIST.page(list, first.stream(), host -> host, json))
                .map(page -> new HostView.Page(page.items(), page.next()));
    }

    /** Evicts a host. */
    @POST
    @Path("/{hostname}/evict")
    @RolesAllowed({Role.Names.OPERATOR, Role.Names.ADMIN})
    @APIResponseSchema(
            value = HostView.class,
            responseCode = "200",
            responseDescription = "The host is evicted, now or before; for a dry run, it would be")
    @APIResponse(responseCode = "403", description = "The caller has neither role in /")
    @APIResponse(
            responseCode = "404",
            description =
                    "No host of this name has enrolled, is connected to the controller that answers, or is registered"
                            + " with the master")
    @Operation(
            operationId = "evictHost",
            summary = "Evicts a host",
            description =
                    "Every controller takes its leases and ends its stream within a second: its tasks are answered 403"
                            + " HostEvicted. Its certificates are refused, also those of the site's own authority with its name,"
                            + " until it may enrol again. Keys that its tasks have live until they expire."
                            + HostDocs.EVERYWHERE)
    public Uni<Response> evict(
            @Parameter(
                            description = HostDocs.HOSTNAME,
                            example = HostDocs.HOSTNAME_EXAMPLE,
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            format = "hostname",
                                            minLength = 1,
                                            maxLength = 253))
                    @PathParam("hostname")
                    String hostname,
            @Parameter(
                            description =
                                    "true: evicts the name although no such host is known, for example before its first contact",
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            enumeration = {"true", "false"},
                                            defaultValue = "false"))
                    @DefaultValue("false")
                    @QueryParam("unknown")
                    String unknown,
            @BeanParam Reason reason,
            @BeanParam HostDocs.DryRun dryRun) {
        Parameters parameters = new Parameters();
        String name = name(hostname, parameters);
        var _ = parameters.word("unknown", unknown, List.of("true", "false"));
        Author author = authors.author(RoleGrant.EVERYWHERE, reason.reason, parameters, Role.OPERATOR);
        boolean dry = dryRun.of(parameters);
        parameters.check();
        return hosts.evict(name, unknown.equals("true") || isSeen(name), author, dry)
                .chain(written -> {
                    if (written instanceof Written.Not<StoredHost>(Refused.NotFound _)) {
                        throw unknown(name);
                    }
                    return answer(written, author);
                });
    }

    /** The names of the hosts whose agents are connected here or to another controller. */
    private Uni<Set<String>> connectedNames() {
        return answering.namesElsewhere().map(elsewhere -> Stream.concat(
                        channel.connectedNames().stream(),
                        elsewhere.stream()
                                .flatMap(name -> HostName.of(name).stream())
                                .map(HostName::text))
                .collect(Collectors.toUnmodifiableSet()));
    }

    /** Whether a host of this name is connected here, or registered with the master. */
    private boolean isSeen(String name) {
        return channel.connectedNames().contains(name)
                || cluster.state().agents().values().stream()
                        .flatMap(agent -> Stream.of(agent.hostname(), agent.address()))
                        .flatMap(text -> HostName.of(text).stream())
                        .anyMatch(seen -> seen.text().equals(name));
    }

    private static ProblemException unknown(String name) {
        return new ProblemException(
                ProblemCode.NOT_FOUND,
                "no host " + name
                        + " has enrolled, is connected to this controller, or is registered with the master; nothing is evicted",
                Problem.Extras.of(List.of(new Problem.FieldError(
                        "hostname",
                        "correct the name; to evict it all the same, send the request again with unknown=true"))));
    }

    /** Lets a host enrol again. */
    @DELETE
    @Path("/{hostname}/evict")
    @RolesAllowed(Role.Names.ADMIN)
    @APIResponseSchema(
            value = HostView.class,
            responseCode = "200",
            responseDescription = "The host may enrol again, now or before; for a dry run, it could")
    @APIResponse(responseCode = "403", description = "The caller is not admin of /")
    @APIResponse(responseCode = "404", description = "No host of this name has enrolled or was evicted")
    @Operation(
            operationId = "readmitHost",
            summary = "Lets an evicted host enrol again",
            description = "It needs a new join token: the certificates that it had stay refused." + HostDocs.EVERYWHERE)
    public Uni<Response> readmit(
            @Parameter(
                            description = HostDocs.HOSTNAME,
                            example = HostDocs.HOSTNAME_EXAMPLE,
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            format = "hostname",
                                            minLength = 1,
                                            maxLength = 253))
                    @PathParam("hostname")
                    String hostname,
            @BeanParam Reason reason,
            @BeanParam HostDocs.DryRun dryRun) {
        Parameters parameters = new Parameters();
        String name = name(hostname, parameters);
        Author author = authors.author(RoleGrant.EVERYWHERE, reason.reason, parameters);
        boolean dry = dryRun.of(parameters);
        parameters.check();
        return hosts.readmit(name, author, dry).chain(written -> answer(written, author));
    }

    private Uni<Response> answer(Written<StoredHost> written, Author author) {
        StoredHost host =
                switch (written) {
                    case Written.Changed<StoredHost>(StoredHost changed) -> changed;
                    case Written.Unchanged<StoredHost>(StoredHost unchanged) -> unchanged;
                    case Written.Not<StoredHost> not -> throw RefusedProblem.of(not.why(), "");
                    case Written.Created<StoredHost> _, Written.Deleted<StoredHost> _ ->
                        throw new IllegalStateException("a host is evicted, or not");
                };
        return connectedNames().map(connected -> Response.ok(HostView.of(host, connected))
                .header("X-Request-Id", author.requestId())
                .build());
    }

    private static String name(String hostname, Parameters parameters) {
        Optional<HostName> name = HostName.of(hostname);
        parameters.require("hostname", name.isPresent(), "must be a DNS name or an IP address");
        return name.map(HostName::text).orElse("");
    }
}
