package io.mesosiam.api.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.api.AnsweringController;
import io.mesosiam.api.Docs;
import io.mesosiam.api.PageTurns;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.mesosiam.api.list.ListParameters;
import io.mesosiam.api.list.ListRequest;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.Callers;
import io.mesosiam.signin.Role;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The agents of the cluster's hosts. */
@Path("/api/v1/agents")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "agents", description = "The agents of the cluster's hosts")
@RunOnVirtualThread
public final class AgentsResource {
    private static final String SIGHT = " Hosts belong to no namespace: a caller needs a role in /.";

    private final Agents agents;
    private final Callers callers;
    private final ObjectMapper json;
    private final PageTurns turns;
    private final AnsweringController answering;

    @Inject
    AgentsResource(Agents agents, Callers callers, ObjectMapper json, PageTurns turns, AnsweringController answering) {
        this.answering = answering;
        this.agents = agents;
        this.callers = callers;
        this.json = json;
        this.turns = turns;
    }

    /** What is listed. */
    public static ListParameters.Kind kind() {
        return AgentColumns.LIST.kind();
    }

    /** The agents, a page at a time. */
    @GET
    @RolesAllowed({
        Role.Names.VIEWER,
        Role.Names.OPERATOR,
        Role.Names.NAMESPACE_ADMIN,
        Role.Names.SPAWNER,
        Role.Names.ADMIN,
        Role.Names.AUDITOR
    })
    @APIResponseSchema(value = AgentPage.class, responseCode = "200", responseDescription = "A page of the agents")
    @APIResponse(responseCode = "403", description = "The caller has no role in /")
    @Operation(
            operationId = "listAgents",
            summary = "The agents of the cluster's hosts",
            description =
                    "One for each Mesos agent that the master lists, and for each host that a controller has claimed,"
                            + " by id unless 'sort' is given. Of a host whose agent is connected to another controller, the answer has what"
                            + " the master and the database know; 'controllerId' names the controller that knows the rest. What the"
                            + " database knows is at most a second old." + SIGHT)
    public AgentPage list(@BeanParam ListRequest request) {
        Parameters parameters = new Parameters();
        ListParameters list = request.of(kind(), parameters);
        parameters.check();
        Caller unused = callers.requireSight();
        Stream<AgentView> all = agents.all();
        ListParameters.Page<Object> page = turns.take(() -> AgentColumns.LIST.page(list, all, agent -> agent, json));
        return new AgentPage(answering.id(), page.items(), page.next());
    }

    /** The agent of one host. */
    @GET
    @Path("/{mesosAgentId}")
    @RolesAllowed({
        Role.Names.VIEWER,
        Role.Names.OPERATOR,
        Role.Names.NAMESPACE_ADMIN,
        Role.Names.SPAWNER,
        Role.Names.ADMIN,
        Role.Names.AUDITOR
    })
    @APIResponseSchema(value = AgentView.class, responseCode = "200", responseDescription = "The agent")
    @APIResponse(responseCode = "403", description = "The caller has no role in /")
    @APIResponse(
            responseCode = "404",
            description = "The master lists no such Mesos agent, and no controller has claimed its host")
    @Operation(
            operationId = "getAgent",
            summary = "The agent of one host",
            description = "As the list shows it." + SIGHT)
    public AgentView get(
            @Parameter(
                            description = Docs.MESOS_AGENT_ID,
                            example = Docs.MESOS_AGENT_ID_EXAMPLE,
                            schema = @Schema(type = SchemaType.STRING, minLength = 1, maxLength = Parameters.MAX_TEXT))
                    @PathParam("mesosAgentId")
                    String mesosAgentId) {
        Parameters parameters = new Parameters();
        String id = parameters.text("mesosAgentId", mesosAgentId).orElse("");
        parameters.check();
        Caller unused = callers.requireSight();
        return host(id).flatMap(agents::of)
                .orElseThrow(() -> new ProblemException(
                        ProblemCode.NOT_FOUND,
                        "the master lists no Mesos agent with this id, and no controller has claimed its host"));
    }

    private static Optional<MesosAgentId> host(String id) {
        try {
            return Optional.of(new MesosAgentId(id));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
