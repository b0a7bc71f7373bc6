package io.mesosiam.sandbox.mesos;

import io.mesosiam.sandbox.cluster.AgentSpec;
import io.mesosiam.sandbox.cluster.FrameworkSpec;
import io.mesosiam.sandbox.cluster.Placement;
import io.mesosiam.sandbox.cluster.SandboxCluster;
import io.mesosiam.sandbox.cluster.TaskKey;
import io.mesosiam.sandbox.cluster.TaskSpec;
import io.mesosiam.sandbox.cluster.TaskSpec.Label;
import io.mesosiam.sandbox.cluster.TaskState;
import java.util.List;
import java.util.Map;

/** Events of a test cluster: two Mesos agents, two frameworks, command tasks and a pod. */
final class Happenings {
    static final FrameworkSpec WEB = new FrameworkSpec("web-platform", "svc-web", "root", List.of("web"), true, true);
    static final FrameworkSpec BATCH =
            new FrameworkSpec("batch-jobs", "svc-batch", "nobody", List.of("batch"), true, false);

    final SandboxCluster cluster;
    final String agent1;
    final String agent2;
    final String web;
    final String batch;

    Happenings(SandboxCluster cluster) {
        this.cluster = cluster;
        agent1 = cluster.register(agent("agent1.mesos.test", "127.0.0.2"));
        agent2 = cluster.register(agent("agent2.mesos.test", "127.0.0.3"));
        web = cluster.subscribe(WEB);
        batch = cluster.subscribe(BATCH);
    }

    static AgentSpec agent(String hostname, String address) {
        return new AgentSpec(hostname, address, 5051, Map.of("rack", "r1", "zone", "a"));
    }

    TaskKey run(TaskSpec spec, String... container) {
        TaskKey key = cluster.launch(spec);
        cluster.starting(key, new Placement(List.of(container), "127.0.0.2", 4711));
        cluster.running(key);
        return key;
    }

    TaskSpec task(String id, String frameworkId, String agentId) {
        return frameworkId.equals(web)
                ? TaskSpec.command(id, web, agentId, "web")
                        .with(new Label("team", "payments"), new Label("key-only", ""))
                : TaskSpec.command(id, batch, agentId, "batch");
    }

    void tasksRun() {
        run(task("web-1", web, agent1), "c-web-1");
        run(task("web-2", web, agent2), "c-web-2");
        run(task("batch-1", batch, agent1), "c-batch-1");
        run(task("batch-2", batch, agent2), "c-batch-2");
        run(TaskSpec.ofPod("pod", "pod-a", web, agent1, "web"), "c-pod", "c-pod-a");
        run(TaskSpec.ofPod("pod", "pod-b", web, agent1, "web"), "c-pod", "c-pod-b");
    }

    /** At least one of each event of the operator API. */
    void all() {
        tasksRun();
        cluster.updateStatus(new TaskKey(batch, "batch-1"), TaskState.FINISHED, "Command exited with status 0");
        cluster.unreachable(agent2);
        cluster.reregister(agent2);
        cluster.updateStatus(new TaskKey(web, "web-1"), TaskState.KILLING, "");
        cluster.updateStatus(new TaskKey(web, "web-1"), TaskState.KILLED, "Command terminated with signal Terminated");
        cluster.resubscribe(batch, BATCH);
        String agent3 = cluster.register(agent("agent3.mesos.test", "127.0.0.4"));
        run(task("web-3", web, agent3), "c-web-3");
        run(task("batch-3", batch, agent3), "c-batch-3");
        cluster.gone(agent3);
        String agent4 = cluster.register(agent("agent4.mesos.test", "127.0.0.5"));
        run(task("web-4", web, agent4), "c-web-4");
        cluster.remove(agent4, "Operator initiated 'Machine DOWN'");
        cluster.teardown(batch);
    }
}
