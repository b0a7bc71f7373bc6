package io.mesosiam.policy.grant;

import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.MesosRole;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.Task.Label;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Policies;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.Selector;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.Subjects;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Launch grants and tasks for tests. */
public final class TestGrants {
    public static final String PRINCIPAL = "svc-web";
    private static final FrameworkId FRAMEWORK = new FrameworkId("f-0001");

    private TestGrants() {}

    /** The id of the grant that a test calls by this name. */
    public static UUID id(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    /** A grant of {@code role} to a task of the principal in the Mesos role eng that has its label. */
    public static LaunchGrant labelled(String name, String role, LaunchGrant.State state) {
        return grant(name, Policies.gift(role), Optional.empty(), state);
    }

    /** A grant to the task with this id. */
    public static LaunchGrant forTask(String name, String role, String taskId, LaunchGrant.State state) {
        return grant(name, Policies.gift(role), Optional.of(taskId), state);
    }

    public static LaunchGrant grant(String name, Entitlement gift, Optional<String> taskId, LaunchGrant.State state) {
        List<Selector> selectors = new ArrayList<>(
                List.of(new Selector.FrameworkPrincipal(PRINCIPAL), new Selector.UnderMesosRole(new MesosRole("eng"))));
        if (taskId.isEmpty()) {
            selectors.add(LaunchGrant.label(id(name)));
        }
        Policy policy = new Policy(
                PolicyId.ofGrant(id(name)),
                "/",
                id(name).toString(),
                true,
                0,
                selectors,
                new Rule.Allow(CredentialName.DEFAULT, gift));
        return new LaunchGrant(policy, taskId, state);
    }

    public static TaskContainer holder(String taskId, String container) {
        return new TaskContainer(
                new TaskKey(FRAMEWORK, new TaskId(taskId), new MesosAgentId("a-0001")), ContainerId.of(container));
    }

    /** A running task of the principal in the Mesos role eng/data with these values of the label. */
    public static Subject task(TaskContainer launch, String principal, String... labels) {
        return task(launch.task(), Optional.of(launch.container()), principal, labels);
    }

    /** The same task before its container is known. */
    public static Subject staged(TaskContainer launch, String principal, String... labels) {
        return task(launch.task(), Optional.empty(), principal, labels);
    }

    private static Subject task(TaskKey key, Optional<ContainerId> container, String principal, String... labels) {
        Framework framework = new Framework(FRAMEWORK, "web-platform", Optional.of(principal), "root", false);
        return new Subject(
                new Task(
                        key,
                        "web",
                        new MesosRole("eng/data"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Arrays.stream(labels)
                                .map(value -> new Label(LaunchGrant.LABEL, Optional.of(value)))
                                .toList(),
                        TaskState.RUNNING,
                        container),
                Optional.of(framework),
                Optional.empty(),
                true,
                Subjects.ENFORCED);
    }
}
