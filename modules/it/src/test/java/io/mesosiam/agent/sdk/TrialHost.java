package io.mesosiam.agent.sdk;

import static java.util.stream.Collectors.joining;

import io.mesosiam.agent.AgentProgram;
import io.mesosiam.agent.AgentSettings;
import io.mesosiam.agent.Clearing;
import io.mesosiam.agent.SocketUnit;
import io.mesosiam.agent.attest.MesosGroups;
import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.link.FakeController;
import io.mesosiam.agent.redirect.NetworkNamespace;
import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.Ask;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.AgentMessage.Nack;
import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.channel.wire.ControllerMessage.ClearRefusal;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.channel.wire.ControllerMessage.Remove;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.ControllerMessage.Upsert;
import io.mesosiam.channel.wire.ControllerMessage.WireSession;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.secret.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * The host of a trial: the agent's jar as a process with its redirect enabled, in the host's namespace of a
 * {@link TrialNetwork} with containers, and a controller that the trial commands.
 */
final class TrialHost implements AutoCloseable {
    private static final String NAME = "default";
    private static final String ROLE = "arn:aws:iam::123456789012:role/trial";

    /** Interval in which the agent does not repeat an ask for a container. */
    private static final Duration ASK_STANDS = Duration.ofMillis(2100);

    private static final String V1 = "MESOS_IAM_AGENT_IMDS_V1";
    /** The default target of the redirect rules. */
    private static final int PORT = 51679;

    private static final Duration TIMEOUT = TimeLimit.seconds(20);

    private final Path directory;
    private final Path log;
    private final MesosGroups groups;
    private final TrialNetwork network = new TrialNetwork();
    private final FakeController controller;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("trial-clock").daemon().factory());
    private final List<TrialContainer> containers = new ArrayList<>();
    private final SocketUnit agent;
    private final Map<String, Entry> dependencies = new ConcurrentHashMap<>();
    private final Map<String, Runnable> onAsk = new ConcurrentHashMap<>();
    private final Map<String, Instant> lastAsk = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<Void>> marks = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();

    private final Clearing clearing;

    private volatile FakeController.Connection connection;

    TrialHost(AgentProgram program, Path directory) throws Exception {
        this.directory = directory;
        log = Files.createFile(directory.resolve("agent.log"));
        CgroupConfig cgroups =
                CgroupConfig.detect("mesos-iam-trial-" + ProcessHandle.current().pid());
        groups = new MesosGroups(cgroups);
        clearing = new Clearing(groups, this::clear);
        TestCa ca = TestCa.in(directory);
        controller = network.onHost(() -> new FakeController(ca, ca.issue("dns:localhost")));
        Map<String, String> settings = settings(ca, ca.issue("dns:host-1"), cgroups.cgroupRoot());
        List<String> command = program.command(List.of());
        agent = network.onHost(() -> SocketUnit.listen(PORT, log, command, settings));
        agent.start();
        connection = join();
    }

    private Map<String, String> settings(TestCa ca, TestCa.Identity identity, String cgroupRoot) {
        return AgentSettings.of(
                ca,
                identity,
                cgroupRoot,
                Map.of(
                        "MESOS_IAM_AGENT_CONTROLLERS",
                        controller.uri().toString(),
                        "MESOS_IAM_AGENT_REDIRECT",
                        "on",
                        V1,
                        "on"));
    }

    /** A container in Mesos's layout with a separate network. */
    synchronized TrialContainer container(String id) throws IOException {
        NetworkNamespace own = network.connect(id, containers.size() + 1);
        TrialContainer container = new TrialContainer(id, own, groups.groupOf(id), directory);
        containers.add(container);
        return container;
    }

    /** Sends a session for a container; returns its access key id when the agent has it. */
    String serve(TrialContainer container, Duration life) throws Exception {
        Entry.Served entry = lease(container, life);
        send(new Upsert(entry));
        return entry.session().accessKeyId();
    }

    /** The same, but this delay after the first request of the container without a lease. */
    String serveAfterAsk(TrialContainer container, Duration delay, Duration life) {
        Entry.Served entry = lease(container, life);
        onAsk.put(container.id(), () -> {
            var ignored = clock.schedule(() -> sendIfWanted(container, entry), delay.toMillis(), TimeUnit.MILLISECONDS);
        });
        return entry.session().accessKeyId();
    }

    private void sendIfWanted(TrialContainer container, Entry.Served entry) {
        if (entry.equals(dependencies.get(container.id()))) {
            connection.send(new Upsert(entry));
        }
    }

    /** Returns when the next request of the container causes an ask at once. */
    void awaitNextAskAllowed(TrialContainer container) throws Exception {
        until(lastAsk.getOrDefault(container.id(), Instant.EPOCH).plus(ASK_STANDS));
    }

    private Entry.Served lease(TrialContainer container, Duration life) {
        int number = count.incrementAndGet();
        Entry.Served entry = new Entry.Served(
                "lease-" + container.id(),
                number,
                Optional.of(container.id()),
                NAME,
                ROLE,
                "hash-" + number,
                new WireSession(
                        "ASIA%016d".formatted(number),
                        Secret.of("secret-" + number),
                        Secret.of("token-" + number),
                        Instant.now().plus(life)));
        dependencies.put(container.id(), entry);
        return entry;
    }

    /** The access key id that a container has; empty if none. */
    String keyOf(TrialContainer container) {
        return dependencies.get(container.id()) instanceof Entry.Served served
                ? served.session().accessKeyId()
                : "";
    }

    /** Refuses a container, as policy does. */
    void deny(TrialContainer container) throws Exception {
        Entry refusal =
                new Entry.Refusal(container.id(), NAME, "NoPolicy", "no policy gives this task a role named default");
        dependencies.put(container.id(), refusal);
        send(new Upsert(refusal));
    }

    /** Removes the leases and refusals of a container. */
    void forget(TrialContainer container) throws Exception {
        onAsk.remove(container.id());
        dependencies.remove(container.id());
        connection.send(new Remove("lease-" + container.id(), "the trial is over"));
        send(new ClearRefusal(container.id(), NAME));
    }

    /**
     * Sends a message; returns when the agent has applied it. The agent answers in order, and always answers a message
     * about a lease that it lacks.
     */
    private void send(ControllerMessage message) throws Exception {
        connection.send(message);
        mark();
    }

    private void mark() throws Exception {
        String id = "mark-" + count.incrementAndGet();
        CompletableFuture<Void> passed = new CompletableFuture<>();
        marks.put(id, passed);
        connection.send(new Upsert(new Entry.Kept(id, 1, Optional.empty(), NAME, ROLE, "none")));
        passed.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }

    private void hear(AgentMessage message) {
        switch (message) {
            case Ask ask -> {
                lastAsk.put(ask.containerId(), Instant.now());
                Optional.ofNullable(onAsk.remove(ask.containerId())).ifPresent(Runnable::run);
            }
            case Nack nack ->
                Optional.ofNullable(marks.remove(nack.leaseId())).ifPresent(passed -> passed.complete(null));
            case Hello _,
                    AgentMessage.Ack _,
                    AgentMessage.Containers _,
                    AgentMessage.Policies _,
                    AgentMessage.Exposure _,
                    AgentMessage.RolesTried _,
                    AgentMessage.CertificateRequest _ -> {}
        }
    }

    /** The audit lines of the agent for a container. */
    String audit(TrialContainer container) throws IOException {
        Pattern line =
                Pattern.compile("io\\.mesosiam\\.agent\\.audit .* containerId=" + Pattern.quote(container.id()) + " ");
        return Files.readString(log).lines().filter(line.asPredicate()).collect(joining("\n"));
    }

    /** Kills the agent. Further requests wait in the backlog of its socket. */
    void kill() {
        agent.kill();
    }

    /** Starts the agent again; returns when it has connected to the controller. */
    void start() throws Exception {
        start(() -> {});
    }

    /**
     * Starts it; {@code joining} runs when the agent has reached the controller, but has no leases and does not answer
     * yet.
     */
    void start(Runnable joining) throws Exception {
        agent.start();
        connection = join(joining);
    }

    /** The same, with version 1 of the instance metadata service disabled. */
    void startWithoutV1() throws Exception {
        agent.start(V1, "off");
        connection = join();
    }

    private FakeController.Connection join() throws Exception {
        return join(() -> {});
    }

    private FakeController.Connection join(Runnable joining) throws Exception {
        FakeController.Connection joined = controller.accept();
        var ignored = joined.next(Hello.class);
        joining.run();
        joined.send(new Sync(count.incrementAndGet(), List.copyOf(dependencies.values())));
        // no virtual thread: the event loop of the controller, in the host's namespace, would wake it up and create a
        // carrier there
        Thread.ofPlatform().name("agent-messages").daemon().start(() -> {
            try {
                while (true) {
                    hear(joined.take());
                }
            } catch (Exception e) {
                throw new IllegalStateException("a message of the agent", e);
            }
        });
        return joined;
    }

    /** Waits until this time. */
    void until(Instant time) throws Exception {
        clock.schedule(() -> {}, Duration.between(Instant.now(), time).toMillis(), TimeUnit.MILLISECONDS)
                .get();
    }

    @Override
    public void close() throws IOException {
        clearing.close();
    }

    private void clear() throws IOException {
        clock.shutdownNow();
        for (TrialContainer container : containers) {
            container.close();
        }
        network.close();
        groups.close();
    }
}
