package io.mesosiam.simulation;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.cgroup.ContainerPath;
import io.mesosiam.agent.config.HostIdentity;
import io.mesosiam.agent.link.LeaseStore;
import io.mesosiam.agent.link.SteppedLink;
import io.mesosiam.agent.serve.Answer;
import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.channel.wire.Executor;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One host: the containers that truly run there, and the product's store of leases and connection to controllers. */
final class Host {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
    private static final int ENDED = 50;

    /** The code with which the agent itself refuses a container that others with leases are nested in. */
    private static final String OF_EXECUTOR = "NoTask";

    /** The code of the fault for an evicted host. */
    static final String EVICTED = "evicted";

    /** The code with which the agent of an evicted host refuses every container. */
    private static final String OF_EVICTED = "HostEvicted";

    /** A controller whose clock is ahead ends a session so much earlier than the host. */
    private static final Duration CLOCKS = Duration.ofSeconds(2);

    final MesosAgentId id;
    LeaseStore store;
    SteppedLink link;

    /** What this host may not serve any more: what only versions of the policies before this one give. */
    int policies;

    /** Whether a controller has said that this host is evicted, and none has synchronized it since. */
    boolean evicted;

    private final Deployment deployment;
    private final Scheduler scheduler;
    private final InstantSource clock;
    private final Map<String, Container> running = new TreeMap<>();
    private Map<String, Container> scanned = new TreeMap<>();
    private final List<String> ended = new ArrayList<>();

    /** The connected streams: the serving stream, and another one while the host moves. */
    private final Map<Stream, SteppedLink.Line> streams = new LinkedHashMap<>();

    private boolean dialling;

    /** The stream that served at the last frame, and since when. */
    private Optional<Stream> serving = Optional.empty();

    private long servedSince;
    private long movesAt = Long.MAX_VALUE;

    /** Counts the processes of the agent. */
    private int process;

    Host(MesosAgentId id, Deployment deployment, InstantSource clock) {
        this.id = id;
        this.deployment = deployment;
        this.scheduler = deployment.scheduler;
        this.clock = clock;
        this.store = new LeaseStore(clock, this::owner);
        this.link = newLink();
    }

    private SteppedLink newLink() {
        Map<String, Container> seen = new TreeMap<>();
        scanned = seen;
        List<URI> controllers = deployment.controllerNames.stream()
                .map(name -> URI.create("https://" + name))
                .toList();
        return new SteppedLink(
                new HostIdentity(id + ".test", id.value()),
                store,
                controllers,
                scheduler.random.split(),
                () -> scheduler.micros() * 1000,
                () -> new LinkedHashSet<>(scanned.values()));
    }

    /** The agent's process starts. */
    void start() {
        scan();
        dialNext();
    }

    /** The agent's process ends and starts again; its leases are gone. */
    void restart() {
        scheduler.note(() -> "restart of the agent on " + id);
        streams.keySet().forEach(open -> open.endAtAgent(scheduler.oneIn(2)));
        streams.clear();
        dialling = false;
        movesAt = Long.MAX_VALUE;
        process++;
        evicted = false;
        // the new process has not seen these containers, and no request names them
        ended.clear();
        store.close();
        store = new LeaseStore(clock, this::owner);
        link = newLink();
        start();
    }

    // ---- containers

    /** What Mesos on this host has recorded for a container or the outermost one around it; it forgets containers that end. */
    private Optional<Executor> owner(String container) {
        String outermost = ContainerPath.outermost(container);
        return deployment
                .masters
                .ownerOf(outermost)
                .filter(_ -> running.containsKey(outermost))
                .map(run -> new Executor(run.key.framework().value(), run.executorId()));
    }

    void begin(Container container) {
        running.put(container.id(), container);
        scheduler.within(Duration.ofSeconds(1), "scan of " + id, this::scan);
    }

    /** A container ends with all that are nested in it: the kernel keeps a cgroup that has others inside. */
    void end(Container container) {
        running.keySet().removeIf(id -> id.equals(container.id()) || id.startsWith(container.id() + "/"));
        scheduler.within(Duration.ofSeconds(1), "scan of " + id, this::scan);
    }

    private void scan() {
        Map<String, Container> before = scanned;
        Map<String, Container> now = new TreeMap<>(running);
        List<Container> started = now.values().stream()
                .filter(each -> !before.containsKey(each.id()))
                .toList();
        List<Container> gone = before.values().stream()
                .filter(each -> !now.containsKey(each.id()))
                .toList();
        if (!started.isEmpty() || !gone.isEmpty()) {
            store.changing(started, gone);
            scanned = now;
            // the agent never saw a container that began and ended between two scans
            gone.forEach(each -> ended.add(each.id()));
            while (ended.size() > ENDED) {
                ended.removeFirst();
            }
            link.containersChanged();
            flush();
            checkEnded(ended);
        }
    }

    /** No lease and no refusal of an ended container is left, and none comes later. */
    private void checkEnded(Collection<String> containers) {
        for (String container : containers) {
            if (!scanned.containsKey(container) && ended.contains(container)) {
                for (CredentialName name : Policies.NAMES) {
                    Answer answer = store.find(container, name.value());
                    boolean own =
                            switch (answer) {
                                case Answer.Lease lease -> lease.containerId().equals(container);
                                case Answer.Refusal refusal ->
                                    !Set.of(OF_EXECUTOR, OF_EVICTED).contains(refusal.code());
                                case Answer.Nothing _ -> false;
                            };
                    Violation.unless(!own, () -> "answered after its end: " + container + " " + answer);
                }
            }
        }
    }

    private static List<Entry> given(ControllerMessage message) {
        return switch (message) {
            case ControllerMessage.Sync sync -> sync.entries();
            case ControllerMessage.Upsert(Entry entry) -> List.of(entry);
            default -> List.of();
        };
    }

    /** The containers whose answers a message can change, if they have ended. */
    private Collection<String> concerned(ControllerMessage message) {
        return switch (message) {
            case ControllerMessage.Sync _ -> ended;
            case ControllerMessage.Upsert(Entry entry) ->
                switch (entry) {
                    case Entry.Served served -> served.containerId().stream().toList();
                    case Entry.Kept kept -> kept.containerId().stream().toList();
                    case Entry.Refusal refusal -> List.of(refusal.containerId());
                };
            case ControllerMessage.ClearRefusal clear -> List.of(clear.containerId());
            default -> List.of();
        };
    }

    // ---- the connections

    private void dialNext() {
        if (link.isIdle() && !dialling) {
            dialling = true;
            own(link.next().pause(), "dial of " + id, () -> {
                URI to = link.next().controller();
                connect(to, link.dial(to), () -> dialling = false);
            });
        }
    }

    /** Does something later, unless the agent's process has ended by then. */
    private void own(Duration after, String what, Runnable work) {
        int current = process;
        scheduler.after(after, what, () -> {
            if (current == process) {
                work.run();
            }
        });
    }

    /** @param tried runs when the controller is connected or can't be */
    private void connect(URI to, SteppedLink.Line line, Runnable tried) {
        String name = String.valueOf(to.getHost());
        Duration time = deployment.network.isOpen(this, name) ? scheduler.upTo(Duration.ofMillis(30)) : CONNECT_LIMIT;
        own(time, "connection of " + id + " with " + name, () -> {
            tried.run();
            Optional<ControllerNode> controller =
                    deployment.controller(name).filter(_ -> deployment.network.isOpen(this, name));
            if (line.hasEnded()) {
                link.end(line, "ended before it was connected");
            } else if (controller.isPresent()) {
                streams.put(deployment.network.open(this, controller.get()), line);
                link.connected(line);
                flush();
            } else {
                link.end(line, "no connection");
            }
            next();
        });
    }

    private void flush() {
        streams.forEach((open, line) -> link.outgoing(line).forEach(open::toController));
    }

    /** What follows when a stream has ended or serves now: the next dial, or the next try to move. */
    private void next() {
        Optional<Stream> ended = streams.entrySet().stream()
                .filter(entry -> entry.getValue().hasEnded())
                .map(Map.Entry::getKey)
                .findFirst();
        if (ended.isPresent()) {
            lost(ended.get(), "ended");
            return;
        }
        dialNext();
        link.untilMove().ifPresent(wait -> {
            Duration due = wait.isNegative() ? Duration.ZERO : wait;
            long at = scheduler.micros() + due.toNanos() / 1000;
            if (at < movesAt) {
                movesAt = at;
                own(due, "move of " + id, () -> move(at));
            }
        });
    }

    private void move(long at) {
        if (at == movesAt) {
            movesAt = Long.MAX_VALUE;
            link.moveTarget().ifPresent(to -> connect(to, link.dial(to), () -> {}));
            next();
        }
    }

    /** The stream is lost, as this end notices. */
    void lost(Stream which, String reason) {
        SteppedLink.Line line = streams.remove(which);
        if (line != null) {
            which.endAtAgent(true);
            link.end(line, reason);
            next();
        }
    }

    void receive(Stream from, Stream.Frame frame) {
        SteppedLink.Line line = streams.get(from);
        if (line == null) {
            return;
        }
        scheduler.note(() -> from + " sends " + frame.message());
        Map<Place, Answer.Lease> before = served();
        int floor = Math.min(policies, frame.policies());
        deployment.grantChecks.given(given(frame.message()));
        boolean decides = link.isServing(line) || controller().isEmpty();
        link.receive(line, frame.text());
        if (decides
                && frame.message() instanceof ControllerMessage.Fault fault
                && fault.code().equals(EVICTED)) {
            evicted = true;
        }
        if (link.isServing(line)) {
            if (frame.message() instanceof ControllerMessage.Policies(long version)) {
                policies = (int) version;
            } else if (frame.message() instanceof ControllerMessage.Sync) {
                policies = floor;
                evicted = false;
            }
        }
        noteServing();
        if (!(decides && from.evicted)) {
            checkKept(before, floor, from, frame);
        }
        Violation.unless(
                !evicted || (served().isEmpty() && store.held().isEmpty()),
                () -> this + " is evicted, and holds " + store.held());
        checkEnded(concerned(frame.message()));
        flush();
        next();
    }

    private void noteServing() {
        Optional<Stream> now = streams.entrySet().stream()
                .filter(entry -> link.isServing(entry.getValue()))
                .map(Map.Entry::getKey)
                .findFirst();
        if (!now.equals(serving)) {
            serving = now;
            servedSince = scheduler.micros();
        }
    }

    boolean isConnected() {
        return link.synced();
    }

    /** The controller whose stream serves this host. */
    Optional<ControllerNode> controller() {
        return streams.entrySet().stream()
                .filter(entry -> link.isServing(entry.getValue()))
                .map(entry -> entry.getKey().controller)
                .findFirst();
    }

    /** A running container and a credential name. */
    record Place(String container, CredentialName name) {
        @Override
        public String toString() {
            return container + " " + name;
        }
    }

    /** What running containers are served. */
    Map<Place, Answer.Lease> served() {
        Map<Place, Answer.Lease> served = new LinkedHashMap<>();
        for (String container : running.keySet()) {
            for (CredentialName name : Policies.NAMES) {
                Place place = new Place(container, name);
                served(place).ifPresent(lease -> served.put(place, lease));
            }
        }
        return served;
    }

    Optional<Answer.Lease> served(Place place) {
        return store.find(place.container(), place.name().value()) instanceof Answer.Lease lease
                        && lease.containerId().equals(place.container())
                ? Optional.of(lease)
                : Optional.empty();
    }

    /** A message takes a session from a running container only if policies or withdrawals do. */
    private void checkKept(Map<Place, Answer.Lease> before, int floor, Stream from, Stream.Frame frame) {
        before.forEach((place, lease) -> {
            Optional<Answer.Lease> now = served(place);
            if (now.filter(it -> it.iamRoleArn().equals(lease.iamRoleArn())).isEmpty()
                    && scheduler.now().plus(CLOCKS).isBefore(lease.expiration())) {
                deployment.checks.taken(this, place, lease, now, floor, from, frame);
            }
        });
    }

    // ---- requests

    void request(Run run, CredentialName name) {
        if (!scanned.containsKey(run.container.id())) {
            scan();
        }
        switch (store.find(run.container.id(), name.value())) {
            case Answer.Lease lease -> deployment.checks.served(this, run, name, lease);
            case Answer.Refusal refusal -> deployment.checks.refused(this, run, name, refusal);
            case Answer.Nothing _ -> {
                link.requestLease(run.container.id(), name.value());
                flush();
                dialNext();
                deployment.checks.nothing(this, run, name);
            }
        }
    }

    /**
     * A container asks that is no task's own.
     *
     * @param around the container in which it is
     */
    void requestInside(Container inner, Container around, CredentialName name) {
        if (!scanned.containsKey(inner.id())) {
            scan();
        }
        Answer answer = store.find(inner.id(), name.value());
        if (answer instanceof Answer.Nothing) {
            link.requestLease(inner.id(), name.value());
            flush();
            dialNext();
        }
        deployment.checks.inside(this, around, scanned.containsKey(around.id()), name, answer);
    }

    /** Whether one stream has served this host for that long. */
    boolean hasBeenServed(Duration time) {
        return controller().isPresent() && servedSince + time.toNanos() / 1000 < scheduler.micros();
    }

    /** The containers that it runs. */
    Set<String> containers() {
        return running.values().stream().map(Container::id).collect(Collectors.toSet());
    }

    @Override
    public String toString() {
        return id.value();
    }
}
