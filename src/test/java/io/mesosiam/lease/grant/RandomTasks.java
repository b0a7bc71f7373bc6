package io.mesosiam.lease.grant;

import static io.mesosiam.mesos.TestContainers.since;

import io.mesosiam.lease.grant.GrantCluster.Run;
import io.mesosiam.lease.simulation.AgentInMemory;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.MesosRole;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.mesos.model.ClusterEvent;
import io.mesosiam.mesos.model.SeenTask;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/** Random starts and ends of tasks, and what the masters report of them. */
final class RandomTasks {
    private final Random random;
    private final GrantDeployment deployment;
    private final GrantCluster cluster;
    private final RandomGrants offers;
    private final Consumer<String> story;
    /** What a Mesos agent reports once it has registered. */
    private final Map<MesosAgentId, List<ClusterEvent>> held = new HashMap<>();

    private int containers;

    RandomTasks(Random random, GrantDeployment deployment, RandomGrants offers, Consumer<String> story) {
        this.random = random;
        this.deployment = deployment;
        this.cluster = deployment.cluster;
        this.offers = offers;
        this.story = story;
    }

    void start() {
        MesosAgentId host = pick(SimulatedCluster.HOSTS.subList(0, 2)).orElseThrow();
        TaskKey key =
                new TaskKey(pick(GrantCluster.FRAMEWORKS).orElseThrow(), new TaskId("t" + random.nextInt(3)), host);
        if (!cluster.away.contains(host) && cluster.running().stream().noneMatch(run -> run.key.equals(key))) {
            Run run = new Run(
                    key, new MesosRole(pick(List.of("eng", "eng/data", "ops")).orElseThrow()), offers.labels());
            cluster.runs.add(run);
            story.accept("start " + run);
            emit(
                    host,
                    new ClusterEvent.TaskAdded(new SeenTask(
                            run.task(TaskState.STAGING, Optional.empty()), SeenTask.Listing.LIVE, Optional.empty())));
        }
    }

    /** Some containers are nested, some belong to an executor that has run or runs another task of the framework. */
    void progress(Run run) {
        if (run.container.isEmpty()) {
            run.container = Optional.of(container(run));
            AgentInMemory agent = deployment.agents.get(run.key.agent());
            agent.running.put(run.container.get(), since(1));
            Optional.ofNullable(deployment.connected.get(agent.host))
                    .ifPresent(to ->
                            to.reconciler.containers(agent.host, Map.of(run.container.get(), since(1)), Set.of()));
        }
        story.accept("running " + run);
        emit(run.key.agent(), run.update(TaskState.RUNNING));
    }

    private ContainerId container(Run run) {
        List<ContainerId> known = cluster.runs.stream()
                .filter(other -> other.key.framework().equals(run.key.framework())
                        && other.key.agent().equals(run.key.agent()))
                .flatMap(other -> other.container.stream())
                .filter(deployment.agents.get(run.key.agent()).running::containsKey)
                .toList();
        return switch (random.nextInt(6)) {
            case 0 -> pick(known).orElseGet(this::newContainer);
            case 1 -> pick(known).orElseGet(this::newContainer).child("nested" + ++containers);
            default -> newContainer();
        };
    }

    private ContainerId newContainer() {
        return ContainerId.of("c" + ++containers);
    }

    void end(Run run) {
        story.accept("end " + run);
        boolean executorStays = cluster.shares(run) || random.nextInt(4) == 0;
        run.over = true;
        AgentInMemory agent = deployment.agents.get(run.key.agent());
        boolean byAgent = false;
        if (!executorStays && run.container.isPresent()) {
            agent.running.remove(run.container.get());
            byAgent = deployment.connected.containsKey(agent.host) && random.nextBoolean();
            if (byAgent) {
                deployment.connected.get(agent.host).ended(agent.host, run.container.get());
            }
        }
        if (!byAgent || random.nextBoolean()) {
            emit(agent.host, run.update(TaskState.FINISHED));
        }
    }

    void failOver() {
        story.accept("fail over to an empty master");
        cluster.failOver();
        List<ClusterEvent> events = cluster.subscribed(_ -> true);
        deployment.controllers.forEach(each -> each.events.addAll(events));
    }

    void returned(MesosAgentId host) {
        story.accept("returned " + host);
        List<ClusterEvent> events = new ArrayList<>(cluster.returned(host, _ -> random.nextBoolean()));
        Optional.ofNullable(held.remove(host)).ifPresent(events::addAll);
        deployment.controllers.forEach(each -> each.events.addAll(events));
    }

    void emit(MesosAgentId host, ClusterEvent event) {
        if (cluster.away.contains(host)) {
            held.computeIfAbsent(host, _ -> new ArrayList<>()).add(event);
        } else {
            deployment.controllers.forEach(each -> each.events.add(event));
        }
    }

    private <T> Optional<T> pick(List<T> of) {
        return of.isEmpty() ? Optional.empty() : Optional.of(of.get(random.nextInt(of.size())));
    }
}
