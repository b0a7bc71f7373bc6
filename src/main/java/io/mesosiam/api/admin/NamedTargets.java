package io.mesosiam.api.admin;

import io.mesosiam.admin.Refused;
import io.mesosiam.admin.Refused.Fault;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.master.ClusterWatch;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Compares the ids that a withdrawal names with the cluster, as this controller sees it. A task id may be of a task that
 * starts later, so it is not compared.
 */
@Singleton
final class NamedTargets {
    private static final String AGENT = "mesosAgentId";

    private final ClusterWatch cluster;

    @Inject
    NamedTargets(ClusterWatch cluster) {
        this.cluster = cluster;
    }

    /** What is probably wrong with the ids; empty while the cluster isn't seen completely. */
    List<String> warnings(Optional<String> framework, Optional<String> agent) {
        ClusterState state = cluster.state();
        if (state.leader().isEmpty()
                || !state.masterAnswers()
                || !(state.view() instanceof ClusterState.Completeness.Whole)) {
            return List.of();
        }
        Optional<String> ofFramework = framework
                .filter(id -> state.framework(new FrameworkId(id)).isEmpty())
                .map(id -> "frameworkId: the cluster shows no framework " + id
                        + ". Correct the id, unless it registers later");
        Optional<String> ofAgent = agent.filter(
                        id -> state.agent(new MesosAgentId(id)).isEmpty())
                .map(id -> AGENT + ": the cluster shows no Mesos agent " + id
                        + meant(state, id).map(hint -> ". " + hint).orElse(""));
        return Stream.of(ofFramework, ofAgent).flatMap(Optional::stream).toList();
    }

    /** A refusal with the id of the Mesos agent that was probably meant. */
    Refused hinted(Refused why, Optional<String> agent) {
        Optional<String> hint = agent.flatMap(name -> meant(cluster.state(), name));
        return why instanceof Refused.Invalid(List<Fault> faults) && hint.isPresent()
                ? new Refused.Invalid(faults.stream()
                        .map(fault -> fault.field().equals(AGENT)
                                ? new Fault(AGENT, fault.message() + ". " + hint.get())
                                : fault)
                        .toList())
                : why;
    }

    /** The id of the Mesos agent on a host, if the text is the host's name. */
    private static Optional<String> meant(ClusterState state, String name) {
        List<String> ids = state.agents().values().stream()
                .filter(agent -> agent.hostname().equalsIgnoreCase(name))
                .map(agent -> agent.id().value())
                .sorted()
                .toList();
        return switch (ids.size()) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of("It is a host name: the id of the Mesos agent there is " + ids.getFirst());
            default -> Optional.of("It is a host name, which " + ids.size() + " Mesos agents have");
        };
    }
}
