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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads a complete cluster: {@code /state}, where frameworks contain their tasks, or v1's {@code get_state}, with
 * separate lists of tasks, frameworks and agents. One instance reads one document. An invalid element is rejected
 * without affecting others.
 */
public final class SnapshotReader {
    /**
     * Elements whose reasons are kept. Of further ones no more is kept than a listing's absences and counts need, so that they take no more
     * memory than elements that can be read.
     */
    private static final int REASONS = 100;

    private static final Rejected FURTHER_FRAMEWORK = new Rejected.OneFramework("");
    private static final Rejected FURTHER_AGENT = new Rejected.OneMesosAgent("");

    private final TaskReader taskReader = new TaskReader(new Interner());
    private final List<SeenTask> tasks = new ArrayList<>();
    private final List<SeenFramework> frameworks = new ArrayList<>();
    private final Set<FrameworkId> removed = new HashSet<>();
    private final List<MesosAgent> agents = new ArrayList<>();
    private final List<Rejected> rejected = new ArrayList<>();

    /** Further rejected tasks of which no id is needed: one for each state and list. */
    private final Map<Rejected, Rejected> furtherTasks = new HashMap<>();

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
            reject(taskReader.rejected(listing, e));
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
            reject(new Rejected.OneFramework("framework: " + e.getMessage()));
        }
    }

    private void agent(JsonParser json) throws IOException {
        AgentDraft draft = AgentDraft.read(json);
        try {
            agents.add(draft.build());
        } catch (IllegalArgumentException e) {
            reject(new Rejected.OneMesosAgent("Mesos agent: " + e.getMessage()));
        }
    }

    private void reject(Rejected element) {
        rejected.add(rejected.size() < REASONS ? element : further(element));
    }

    private Rejected further(Rejected element) {
        return switch (element) {
            case Rejected.OneFramework _ -> FURTHER_FRAMEWORK;
            case Rejected.OneMesosAgent _ -> FURTHER_AGENT;
            case Rejected.OneTask task -> {
                // a task that has ended can not seem absent
                boolean ids = task.listing() != Listing.COMPLETED
                        && (task.framework().isPresent()
                                || task.task().isPresent()
                                || task.agent().isPresent());
                yield ids
                        ? new Rejected.OneTask(
                                task.framework(), task.task(), task.agent(), task.state(), task.listing(), "")
                        : furtherTasks.computeIfAbsent(
                                new Rejected.OneTask(
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        task.state(),
                                        task.listing(),
                                        ""),
                                Function.identity());
            }
        };
    }
}
