package io.mesosiam.mesos.json;

import static io.mesosiam.mesos.json.MasterJson.eachObject;
import static io.mesosiam.mesos.json.MasterJson.fields;
import static io.mesosiam.mesos.json.MasterJson.text;

import com.fasterxml.jackson.core.JsonParser;
import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.json.MasterJson.Step;
import io.mesosiam.mesos.model.Rejected;
import io.mesosiam.mesos.model.SeenTask;
import io.mesosiam.mesos.model.SeenTask.Listing;
import io.mesosiam.mesos.model.Snapshot;
import io.mesosiam.mesos.model.Snapshot.SeenFramework;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a complete cluster: {@code /state}, where frameworks contain their tasks, or v1's {@code get_state}, with
 * separate lists of tasks, frameworks and agents. One instance reads one document. An invalid element is rejected
 * without affecting others.
 */
public final class SnapshotReader {
    private final TaskReader taskReader = new TaskReader(new Interner());
    private final List<SeenTask> tasks = new ArrayList<>();
    private final List<SeenFramework> frameworks = new ArrayList<>();
    private final Set<FrameworkId> removed = new HashSet<>();
    private final List<MesosAgent> agents = new ArrayList<>();
    private final List<Rejected> rejected = new ArrayList<>();
    private final Map<String, Step> taskLists = Map.of(
            "tasks", each(task(Listing.LIVE)),
            "unreachable_tasks", each(task(Listing.UNREACHABLE)),
            "completed_tasks", each(task(Listing.COMPLETED)));
    private String leaderId = "";
    private String electedTime = "";

    /** Reads a {@code /state} document from the parser's current position. */
    public Snapshot state(JsonParser json) throws IOException {
        fields(
                json,
                Map.of(
                        "id", j -> leaderId = text(j),
                        "elected_time", j -> electedTime = text(j),
                        "slaves", each(this::agent),
                        "frameworks", each(j -> framework(j, false)),
                        "completed_frameworks", each(j -> framework(j, true))));
        return snapshot();
    }

    /** Reads the value of v1's {@code get_state} from the parser's current position. */
    Snapshot getState(JsonParser json) throws IOException {
        fields(
                json,
                Map.of(
                        "get_tasks",
                        object(taskLists),
                        "get_frameworks",
                        object(Map.of(
                                "frameworks", each(j -> framework(j, false)),
                                "completed_frameworks", each(j -> framework(j, true)))),
                        "get_agents",
                        object(Map.of("agents", each(this::agent)))));
        return snapshot();
    }

    private Snapshot snapshot() {
        Optional<Leader> leader = leaderId.isEmpty() || electedTime.isEmpty()
                ? Optional.empty()
                : Optional.of(new Leader(leaderId, electedTime));
        return new Snapshot(leader, tasks, frameworks, removed, agents, rejected);
    }

    private void framework(JsonParser json, boolean completed) throws IOException {
        FrameworkDraft draft = FrameworkDraft.read(json, taskLists);
        try {
            SeenFramework seen = draft.build();
            if (completed) {
                removed.add(seen.framework().id());
            } else {
                frameworks.add(seen);
            }
        } catch (IllegalArgumentException e) {
            rejected.add(new Rejected.OneFramework("framework: " + e.getMessage()));
        }
    }

    private void agent(JsonParser json) throws IOException {
        AgentDraft draft = AgentDraft.read(json);
        try {
            agents.add(draft.build());
        } catch (IllegalArgumentException e) {
            rejected.add(new Rejected.OneMesosAgent("Mesos agent: " + e.getMessage()));
        }
    }

    private Step task(Listing listing) {
        return json -> {
            try {
                tasks.add(taskReader.read(json, listing));
            } catch (IllegalArgumentException e) {
                rejected.add(taskReader.rejected(listing, e));
            }
        };
    }

    private static Step each(Step step) {
        return json -> eachObject(json, step);
    }

    private static Step object(Map<String, Step> known) {
        return json -> fields(json, known);
    }
}
