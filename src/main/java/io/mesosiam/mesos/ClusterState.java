package io.mesosiam.mesos;

import java.util.Map;
import java.util.Optional;

/**
 * The known state of the cluster at one version. Immutable: {@code ClusterWatch} computes the next state from this one
 * and an event. Launches that have ended stay, with their {@link TaskEnd}, until the watch is informed that they are no
 * longer needed.
 *
 * @param version increases with each change
 * @param leader empty until a leading master has answered
 * @param masterAnswers whether a leading master answers now; if not, the state is the last known one
 */
public record ClusterState(
        long version,
        Optional<Leader> leader,
        boolean masterAnswers,
        Enforcement enforcement,
        Completeness view,
        Map<FrameworkId, Framework> frameworks,
        Map<MesosAgentId, MesosAgent> agents,
        Map<Launch, LaunchedTask> launches) {
    public Optional<Framework> framework(FrameworkId id) {
        return Optional.ofNullable(frameworks.get(id));
    }

    public Optional<MesosAgent> agent(MesosAgentId id) {
        return Optional.ofNullable(agents.get(id));
    }

    public Optional<LaunchedTask> launch(Launch launch) {
        return Optional.ofNullable(launches.get(launch));
    }

    /**
     * One term of a leading master. The id changes with each start of the process, {@code electedTime} with each
     * election.
     *
     * @param electedTime seconds since the epoch, as the master writes it; only compared for equality
     */
    public record Leader(String id, String electedTime) {}

    /**
     * Whether the known state contains everything that the master has. If it is incomplete, a missing task proves
     * nothing.
     */
    public sealed interface Completeness {
        /** The known state agrees with the master's own unfiltered counters. */
        record Whole() implements Completeness {}

        /** Something is missing or can't be compared. The reason is for operators. */
        record Incomplete(String reason) implements Completeness {}
    }
}
