package io.mesosiam.policy;

import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.MesosRole;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.Task.Label;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A task of a shared cluster that these tests use, and variations of it. */
public final class Subjects {
    public static final Enforcement ENFORCED = new Enforcement(true, true, true, true);

    private static final FrameworkId FRAMEWORK_ID = new FrameworkId("f-0001");
    private static final MesosAgentId AGENT_ID = new MesosAgentId("a-0001");

    private static final Framework FRAMEWORK =
            new Framework(FRAMEWORK_ID, "web-platform", Optional.of("svc-web"), "root", false);
    private static final MesosAgent AGENT =
            new MesosAgent(AGENT_ID, "host1", "10.0.0.1", Map.of("rack", "r1", "zone", "a"), true, false);
    private static final Task TASK = new Task(
            new TaskKey(FRAMEWORK_ID, new TaskId("web.1"), AGENT_ID),
            "web-frontend",
            new MesosRole("eng/data"),
            Optional.empty(),
            Optional.empty(),
            Optional.of("registry.example/team/web:1.2"),
            List.of(
                    new Label("team", Optional.of("data")),
                    new Label("team", Optional.of("web")),
                    new Label("gpu", Optional.empty())),
            TaskState.RUNNING,
            Optional.empty());

    private Subjects() {}

    /** A witnessed task of an authenticated framework on a registered Mesos agent. */
    public static Subject web() {
        return new Subject(TASK, Optional.of(FRAMEWORK), Optional.of(AGENT), true, ENFORCED);
    }

    public static Subject reported() {
        return new Subject(TASK, Optional.of(FRAMEWORK), Optional.of(AGENT), false, ENFORCED);
    }

    public static Subject unenforced() {
        return new Subject(TASK, Optional.of(FRAMEWORK), Optional.of(AGENT), true, Enforcement.UNKNOWN);
    }

    public static Subject withoutFramework() {
        return new Subject(TASK, Optional.empty(), Optional.of(AGENT), true, ENFORCED);
    }

    public static Subject withoutAgent() {
        return new Subject(TASK, Optional.of(FRAMEWORK), Optional.empty(), true, ENFORCED);
    }

    public static Subject reportedWithoutAgent() {
        return new Subject(TASK, Optional.of(FRAMEWORK), Optional.empty(), false, ENFORCED);
    }

    public static Subject inRack(String rack) {
        MesosAgent agent = new MesosAgent(AGENT_ID, "host1", "10.0.0.1", Map.of("rack", rack), true, false);
        return new Subject(TASK, Optional.of(FRAMEWORK), Optional.of(agent), true, ENFORCED);
    }

    public static Subject named(String name) {
        return of(name, TASK.labels());
    }

    public static Subject labelled(String key, String value) {
        return of(TASK.name(), List.of(new Label(key, Optional.of(value))));
    }

    private static Subject of(String name, List<Label> labels) {
        Task task = new Task(
                TASK.key(),
                name,
                TASK.role(),
                TASK.user(),
                TASK.executorId(),
                TASK.image(),
                labels,
                TASK.state(),
                TASK.container());
        return new Subject(task, Optional.of(FRAMEWORK), Optional.of(AGENT), true, ENFORCED);
    }

    public static Subject disputed() {
        Framework disputed = new Framework(FRAMEWORK_ID, "web-platform", Optional.of("svc-web"), "root", true);
        return new Subject(TASK, Optional.of(disputed), Optional.of(AGENT), true, ENFORCED);
    }

    /** A task without image and labels, whose framework has not authenticated; it has its own user. */
    public static Subject bare() {
        Task bare = new Task(
                TASK.key(),
                "job",
                new MesosRole("*"),
                Optional.of("nobody"),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                TaskState.STAGING,
                Optional.empty());
        Framework anonymous = new Framework(FRAMEWORK_ID, "batch", Optional.empty(), "root", false);
        MesosAgent plain = new MesosAgent(AGENT_ID, "host2", "10.0.0.2", Map.of(), true, false);
        return new Subject(bare, Optional.of(anonymous), Optional.of(plain), true, ENFORCED);
    }
}
