package io.mesosiam.trial;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.link.ControllerLink;
import io.mesosiam.agent.link.DialPlan;
import io.mesosiam.agent.link.LeaseStore;
import io.mesosiam.agent.link.LinkTiming;
import io.mesosiam.agent.link.TestPeer;
import io.mesosiam.agent.link.UnexpectedFailures;
import io.mesosiam.agent.serve.Answer;
import io.mesosiam.agent.serve.CredentialBody.Form;
import io.mesosiam.fakes.TestCa;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * A host whose agent is the agent's own link and lease store, in this process: many of them fit on a small machine. A container is an entry in
 * a table, and its request a look-up, which waits as long as the agent's endpoint would.
 */
final class LinkedHost implements TrialHost {
    private static final Duration BETWEEN_ASKS = Duration.ofMillis(500);
    private static final Duration HELD = Duration.ofMillis(800);
    private static final AtomicLong TICKS = new AtomicLong(1);

    private final String mesosAgentId;
    private final BiConsumer<TrialTask, Reply> answers;
    private final LeaseStore store = new LeaseStore(InstantSource.system(), _ -> Optional.empty());
    private final ControllerLink link;
    private final Map<String, Occupied> containers = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().factory());

    /** A container that runs, and whether its last request waits. */
    private static final class Occupied {
        private final TrialTask task;
        private final Container container;
        private volatile boolean waits;

        Occupied(TrialTask task) {
            this.task = task;
            this.container = new Container(task.container(), TICKS.incrementAndGet());
        }
    }

    LinkedHost(
            TestCa ca,
            String hostname,
            String mesosAgentId,
            List<URI> controllers,
            BiConsumer<TrialTask, Reply> answers) {
        this.mesosAgentId = mesosAgentId;
        this.answers = answers;
        link = new ControllerLink(
                TestPeer.of(ca, hostname, mesosAgentId),
                new DialPlan(controllers, new SecureRandom()),
                store,
                System::nanoTime,
                LinkTiming.USUAL,
                new UnexpectedFailures());
        link.start(this::running);
        var asks = timer.scheduleAtFixedRate(
                this::askAll, BETWEEN_ASKS.toMillis(), BETWEEN_ASKS.toMillis(), TimeUnit.MILLISECONDS);
        var sweeps = timer.scheduleAtFixedRate(store::dropExpired, 1, 1, TimeUnit.SECONDS);
        if (asks.isDone() || sweeps.isDone()) {
            throw new IllegalStateException("the timer has ended");
        }
    }

    private Set<Container> running() {
        return containers.values().stream().map(occupied -> occupied.container).collect(Collectors.toSet());
    }

    @Override
    public String mesosAgentId() {
        return mesosAgentId;
    }

    @Override
    public void start(TrialTask task) {
        Occupied occupied = new Occupied(task);
        store.changing(List.of(occupied.container), List.of());
        containers.put(task.container(), occupied);
        link.containersChanged();
    }

    @Override
    public void end(TrialTask task) {
        Occupied occupied = containers.remove(task.container());
        if (occupied != null) {
            store.changing(List.of(), List.of(occupied.container));
            link.containersChanged();
        }
    }

    private void askAll() {
        containers.values().stream().filter(occupied -> !occupied.waits).forEach(this::ask);
    }

    private void ask(Occupied occupied) {
        Answer found = store.find(occupied.container.id(), "default");
        if (found instanceof Answer.Nothing) {
            occupied.waits = true;
            link.requestLease(occupied.container.id(), "default");
            Thread unused = Thread.startVirtualThread(() -> await(occupied));
        } else {
            answers.accept(occupied.task, reply(found));
        }
    }

    private void await(Occupied occupied) {
        try {
            answers.accept(occupied.task, reply(store.await(occupied.container.id(), "default", HELD)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            occupied.waits = false;
        }
    }

    private static Reply reply(Answer answer) {
        return switch (answer) {
            case Answer.Lease lease ->
                lease.body()
                        .copy(Form.CONTAINER)
                        .map(body -> Replies.parse(new String(body, StandardCharsets.UTF_8)))
                        .orElse(new Reply.Nothing("the lease has just ended"));
            case Answer.Refusal refusal -> new Reply.Nothing(refusal.code());
            case Answer.Nothing _ -> new Reply.Nothing("CredentialsPending");
        };
    }

    @Override
    public void close() {
        timer.shutdownNow();
        link.close();
        store.close();
    }
}
