package io.mesosiam.mesos.json;

import static io.mesosiam.mesos.json.MasterJson.each;
import static io.mesosiam.mesos.json.MasterJson.text;

import com.fasterxml.jackson.core.JsonParser;
import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.model.Rejected;
import io.mesosiam.mesos.model.SeenTask;
import io.mesosiam.mesos.model.SeenTask.Listing;
import io.mesosiam.mesos.model.Snapshot;
import io.mesosiam.mesos.model.Snapshot.SeenFramework;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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

    /** Reads a {@code /state} document, a GET_STATE document, or the value of {@code get_state}. */
    public Snapshot read(JsonParser json) throws IOException {
        String leader = "";
        String elected = "";
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            switch (field) {
                case "get_state", "get_tasks", "get_frameworks", "get_agents" -> fields.enter();
                case "id" -> leader = text(json);
                case "elected_time" -> elected = text(json);
                case "slaves", "agents" -> each(json, this::agent);
                case "frameworks" -> each(json, framework -> framework(framework, false));
                case "completed_frameworks" -> each(json, framework -> framework(framework, true));
                default -> tasks(field, json);
            }
        }
        return new Snapshot(
                leader.isEmpty() || elected.isEmpty() ? Optional.empty() : Optional.of(new Leader(leader, elected)),
                tasks,
                frameworks,
                removed,
                agents,
                rejected);
    }

    /** Reads the field if it is a list of tasks: in v1 one of the cluster, in {@code /state} one of a framework. */
    private void tasks(String field, JsonParser json) throws IOException {
        switch (field) {
            case "tasks" -> each(json, task -> task(task, Listing.LIVE));
            case "unreachable_tasks" -> each(json, task -> task(task, Listing.UNREACHABLE));
            case "completed_tasks" -> each(json, task -> task(task, Listing.COMPLETED));
            default -> {}
        }
    }

    private void task(JsonParser json, Listing listing) throws IOException {
        try {
            tasks.add(taskReader.read(json, listing));
        } catch (IllegalArgumentException e) {
            rejected.add(taskReader.rejected(listing, e));
        }
    }

    private void framework(JsonParser json, boolean completed) throws IOException {
        FrameworkDraft draft = new FrameworkDraft();
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            draft.field(field, fields, json);
            tasks(field, json);
        }
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
}
