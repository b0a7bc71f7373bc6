package io.mesosiam.preview;

import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.MesosRole;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.Task.Label;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Glob;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.Selector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A cluster with tasks of a number of applications, and the policies for these: ten tasks match each at the usual size. */
record ScaledCluster(int policies, int tasks) {
    private static final int FRAMEWORKS = 50;
    private static final int HOSTS = 5_000;

    /** Ten tasks match each row: by a principal, a Mesos role or a task name, and a label. */
    Policy policy(int i, int priority) {
        List<Selector> selectors = new ArrayList<>();
        selectors.add(new Selector.FrameworkPrincipal("svc-" + i % FRAMEWORKS));
        switch (i % 3) {
            case 0 -> selectors.add(new Selector.HasLabel("app", Optional.of("app-" + i)));
            case 1 -> selectors.add(new Selector.UnderMesosRole(new MesosRole("team/app-" + i)));
            default -> selectors.add(new Selector.TaskName(new Glob("app-" + i + ".*")));
        }
        return new Policy(
                id(i),
                "/",
                "p" + i,
                true,
                priority,
                selectors,
                new Rule.Allow(CredentialName.DEFAULT, gift("r" + i + "-" + priority)));
    }

    static Policy broad(int i) {
        return new Policy(
                id(i),
                "/",
                "broad",
                true,
                9,
                List.of(new Selector.HasLabel("half", Optional.empty())),
                new Rule.Allow(CredentialName.DEFAULT, gift("broad")));
    }

    static Policy deny(int i) {
        return new Policy(id(i), "/", "deny", true, 0, List.of(), new Rule.Deny(Optional.empty()));
    }

    static PolicyId id(int i) {
        return new PolicyId(new UUID(1, i));
    }

    static Entitlement gift(String role) {
        return Entitlement.of(new IamRole("arn:aws:iam::123456789012:role/" + role));
    }

    ClusterState state() {
        Map<FrameworkId, Framework> frameworks = new HashMap<>();
        for (int i = 0; i < FRAMEWORKS; i++) {
            FrameworkId id = new FrameworkId("F" + i);
            frameworks.put(id, new Framework(id, "framework-" + i, Optional.of("svc-" + i), "root", false));
        }
        Map<MesosAgentId, MesosAgent> agents = new HashMap<>();
        for (int i = 0; i < HOSTS; i++) {
            MesosAgentId id = new MesosAgentId("S" + i);
            agents.put(id, new MesosAgent(id, "host" + i, "10.0.0.1", Map.of("rack", "r" + i % 100), true, false));
        }
        Map<Launch, LaunchedTask> launches = new HashMap<>();
        for (int i = 0; i < tasks; i++) {
            LaunchedTask task = task(i);
            launches.put(task.launch(), task);
        }
        return new ClusterState(
                1,
                Optional.of(new ClusterState.Leader("m", "1")),
                true,
                new Enforcement(true, true, true, true),
                new ClusterState.Completeness.Whole(),
                frameworks,
                agents,
                launches);
    }

    private LaunchedTask task(int i) {
        int app = i % policies;
        TaskKey key = new TaskKey(
                new FrameworkId("F" + app % FRAMEWORKS),
                new TaskId("app-" + app + "." + i),
                new MesosAgentId("S" + i % HOSTS));
        List<Label> labels = new ArrayList<>(
                List.of(new Label("app", Optional.of("app-" + app)), new Label("run", Optional.of("run-" + i))));
        if (i % 2 == 0) {
            labels.add(new Label("half", Optional.of("yes")));
        }
        Task task = new Task(
                key,
                "app-" + app + "." + i,
                new MesosRole("team/app-" + app + "/batch"),
                Optional.empty(),
                Optional.empty(),
                Optional.of("registry.example/app-" + app + ":1"),
                labels,
                TaskState.RUNNING,
                Optional.of(ContainerId.of("c-" + i)));
        return new LaunchedTask(new Launch(key, 1), task, true, Optional.empty());
    }
}
