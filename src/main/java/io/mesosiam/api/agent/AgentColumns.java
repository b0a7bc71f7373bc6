package io.mesosiam.api.agent;

import static io.mesosiam.admin.ListColumn.Type.NUMBER;
import static io.mesosiam.admin.ListColumn.Type.TEXT;
import static io.mesosiam.admin.ListColumn.Type.TIME;
import static io.mesosiam.admin.ListColumn.Type.TRUTH;

import io.mesosiam.api.list.MemoryList;
import io.mesosiam.api.list.MemoryList.Column;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The fields of agents that a list can be filtered and sorted by. */
final class AgentColumns {
    static final MemoryList<AgentView> LIST = new MemoryList<>(
            new MemoryList.Ids<>(
                    Column.of("mesosAgentId", TEXT, AgentView::mesosAgentId),
                    AgentView::mesosAgentId,
                    Comparator.<String>naturalOrder(),
                    Optional::of),
            List.of(
                    Column.optional("hostname", TEXT, agent -> Optional.ofNullable(agent.hostname())),
                    Column.of("registered", TRUTH, AgentView::registered),
                    Column.of("deactivated", TRUTH, AgentView::deactivated),
                    Column.of("connected", TRUTH, AgentView::connected),
                    Column.optional("controllerId", TEXT, agent -> Optional.ofNullable(agent.controllerId())),
                    Column.optional("state", TEXT, agent -> Optional.ofNullable(agent.state())),
                    Column.optional("connectedAt", TIME, agent -> Optional.ofNullable(agent.connectedAt())),
                    Column.optional("disconnectedAt", TIME, agent -> Optional.ofNullable(agent.disconnectedAt())),
                    Column.optional("agentVersion", TEXT, agent -> Optional.ofNullable(agent.agentVersion())),
                    Column.optional(
                            "certificateExpiration", TIME, agent -> Optional.ofNullable(agent.certificateExpiration())),
                    Column.optional(
                            "confirmedPolicyVersion",
                            NUMBER,
                            agent -> Optional.ofNullable(agent.confirmedPolicyVersion())),
                    Column.optional("leases", NUMBER, agent -> Optional.ofNullable(agent.leases())),
                    Column.of("tasks", NUMBER, AgentView::tasks),
                    Column.optional(
                            "tasksWithoutCredentials",
                            NUMBER,
                            agent -> Optional.ofNullable(agent.tasksWithoutCredentials()))),
            AgentView.class);

    private AgentColumns() {}
}
