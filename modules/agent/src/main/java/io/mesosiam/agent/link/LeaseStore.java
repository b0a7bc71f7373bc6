package io.mesosiam.agent.link;

import static java.util.stream.Collectors.toSet;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.attest.ContainerListener;
import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.agent.metrics.MetricSource;
import io.mesosiam.agent.serve.Answer;
import io.mesosiam.agent.serve.CredentialBody;
import io.mesosiam.agent.serve.CredentialSource;
import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.Ack;
import io.mesosiam.channel.wire.AgentMessage.Held;
import io.mesosiam.channel.wire.AgentMessage.Nack;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.ControllerMessage.WireSession;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The leases of this host, in memory only. The highest revision of a lease wins. Of a lease and a refusal for the same
 * container and name, the later message wins. Leases that end, by the controller's message or by the clock, are zeroed.
 * Writers take a lock; a lookup that finds its answer takes none.
 */
public final class LeaseStore implements CredentialSource, ContainerListener, MetricSource, AutoCloseable {
    /** How many ids of ended containers are remembered: several weeks' worth of one host's containers. */
    private static final int MAX_ENDED = 20_000;

    private static final int MAX_EXPIRED = 1024;
    private static final System.Logger LOG = System.getLogger(LeaseStore.class.getName());

    private static final Answer NOTHING = new Answer.Nothing();
    private static final Answer EXECUTOR = new Answer.Refusal(
            "NoTask", "this container holds tasks but is none itself, and only tasks have credentials");

    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, HeldLease> leases = new HashMap<>();
    /** Sorted by container id, so that the answers of a container and of the containers nested in it are adjacent. */
    private final ConcurrentNavigableMap<Key, Answer> answers = new ConcurrentSkipListMap<>();
    /** Ended containers: from id to the start time of the first process. */
    private final Map<String, Long> ended = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX_ENDED;
        }
    };

    /**
     * Leases whose newest session had already expired on arrival. Bounded, since the controller may never name them
     * again.
     */
    private final Set<String> expired = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MAX_EXPIRED;
        }
    });

    private long expiredOnArrival;

    public LeaseStore(InstantSource clock) {
        this.clock = clock;
    }

    /** A container and a credential name. */
    private record Key(String containerId, String name) implements Comparable<Key> {
        private static final Comparator<Key> ORDER =
                Comparator.comparing(Key::containerId).thenComparing(Key::name);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    /**
     * The answer for exactly this container, or the lease of the nearest container around it: a health check or a
     * debugging session uses its task's lease. A refusal applies only to the container that it names.
     */
    @Override
    public Answer find(String containerId, String name) {
        Answer exact = answers.get(new Key(containerId, name));
        if (exact != null) {
            return current(exact);
        }
        for (int end = containerId.lastIndexOf('/'); end > 0; end = containerId.lastIndexOf('/', end - 1)) {
            if (answers.get(new Key(containerId.substring(0, end), name)) instanceof Answer.Lease outer) {
                return current(outer);
            }
        }
        return holdsTasks(containerId) ? EXECUTOR : NOTHING;
    }

    /** The answer, unless it has expired. The sweep runs every second, so an expired lease may still be in the map. */
    private Answer current(Answer answer) {
        return answer instanceof Answer.Lease lease && !clock.instant().isBefore(lease.expiration()) ? NOTHING : answer;
    }

    /**
     * Whether this is the executor of a task group: tasks nested in it have leases, and it has no answer under any
     * name.
     */
    private boolean holdsTasks(String containerId) {
        String inside = containerId + "/";
        Key own = answers.ceilingKey(new Key(containerId, ""));
        return (own == null || !own.containerId().equals(containerId))
                && answers.tailMap(new Key(inside, "")).entrySet().stream()
                        .takeWhile(e -> e.getKey().containerId().startsWith(inside))
                        .anyMatch(e -> e.getValue() instanceof Answer.Lease);
    }

    /** Waits until {@link #find} has an answer, at most {@code atMost}. */
    @Override
    public Answer await(String containerId, String name, Duration atMost) throws InterruptedException {
        long nanos = atMost.toNanos();
        lock.lockInterruptibly();
        try {
            Answer answer = find(containerId, name);
            while (answer instanceof Answer.Nothing && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
                answer = find(containerId, name);
            }
            return answer;
        } finally {
            lock.unlock();
        }
    }

    /** Replaces this host's state with the message's entries. Leases and refusals that are not in it are removed. */
    List<AgentMessage> sync(Sync sync) {
        lock.lock();
        try {
            List<AgentMessage> replies = new ArrayList<>();
            Set<String> named = new HashSet<>();
            Set<Key> refused = new HashSet<>();
            for (Entry entry : sync.entries()) {
                upsert(entry).ifPresent(replies::add);
                switch (entry) {
                    case Entry.Served served -> named.add(served.leaseId());
                    case Entry.Kept kept -> named.add(kept.leaseId());
                    case Entry.Refusal refusal -> refused.add(new Key(refusal.containerId(), refusal.name()));
                }
            }
            Set.copyOf(leases.keySet()).stream()
                    .filter(id -> !named.contains(id))
                    .forEach(this::remove);
            answers.entrySet().removeIf(e -> e.getValue() instanceof Answer.Refusal && !refused.contains(e.getKey()));
            return replies;
        } finally {
            lock.unlock();
        }
    }

    /** Adds or changes an entry. The reply is for the controller; a refusal has none. */
    Optional<AgentMessage> upsert(Entry entry) {
        lock.lock();
        try {
            return switch (entry) {
                case Entry.Served served -> Optional.of(serve(served));
                case Entry.Kept kept -> Optional.of(keep(kept));
                case Entry.Refusal refusal -> {
                    answers.put(
                            new Key(refusal.containerId(), refusal.name()),
                            new Answer.Refusal(refusal.code(), refusal.message()));
                    yield Optional.empty();
                }
            };
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    private AgentMessage serve(Entry.Served served) {
        WireSession session = served.session();
        try {
            if (served.containerId().filter(ended::containsKey).isPresent()) {
                return containerEnded(served.leaseId(), served.revision());
            }
            HeldLease held = leases.get(served.leaseId());
            if (held != null && held.revision() > served.revision()) {
                return new Ack(held.leaseId(), held.revision());
            }
            Instant now = clock.instant();
            if (!now.isBefore(session.expiration())) {
                return expiredOnArrival(served, now);
            }
            put(new HeldLease(
                    served.leaseId(),
                    served.revision(),
                    served.containerId(),
                    served.name(),
                    served.roleArn(),
                    served.identityHash(),
                    session.expiration(),
                    CredentialBody.of(session, served.roleArn(), clock.instant())));
            return new Ack(served.leaseId(), served.revision());
        } finally {
            session.secretAccessKey().destroy();
            session.sessionToken().destroy();
        }
    }

    /**
     * The reply for a session that has already expired on arrival. A controller sends only sessions that have time left
     * by its clock, so one of the two clocks is wrong. It is logged once per lease until a valid session for the lease
     * arrives; the controller gets a reply each time.
     */
    private AgentMessage expiredOnArrival(Entry.Served served, Instant now) {
        String message = "the session ended at " + served.session().expiration() + ", and this host's clock shows "
                + now.truncatedTo(ChronoUnit.SECONDS) + ": one of the two clocks is wrong";
        expiredOnArrival++;
        if (expired.add(served.leaseId())) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "session dropped on arrival leaseId={0} containerId={1} reason={2}",
                    served.leaseId(),
                    served.containerId().orElse(""),
                    message);
        }
        return new Nack(served.leaseId(), served.revision(), "SessionExpired", message);
    }

    /** The reply for a lease of an ended container. Container ids are never reused, so such a lease is stale. */
    private static AgentMessage containerEnded(String leaseId, long revision) {
        return new Nack(leaseId, revision, "ContainerEnded", "the container has ended on this host");
    }

    private AgentMessage keep(Entry.Kept kept) {
        if (kept.containerId().filter(ended::containsKey).isPresent()) {
            return containerEnded(kept.leaseId(), kept.revision());
        }
        Optional<HeldLease> own = Optional.ofNullable(leases.get(kept.leaseId()));
        Optional<HeldLease> before = own.or(() -> kept.heldAs().map(leases::get))
                .filter(lease -> lease.identityHash().equals(kept.identityHash()));
        if (before.isEmpty()) {
            return new Nack(kept.leaseId(), kept.revision(), "SessionMissing", "this host holds no such session");
        }
        HeldLease held = before.get();
        if (own.isEmpty()) {
            put(held.keptAs(kept));
            leave(held);
            return new Ack(kept.leaseId(), kept.revision());
        }
        if (held.revision() <= kept.revision()) {
            put(held.keptAs(kept));
        }
        return new Ack(kept.leaseId(), Math.max(held.revision(), kept.revision()));
    }

    private void put(HeldLease lease) {
        expired.remove(lease.leaseId());
        HeldLease before = leases.put(lease.leaseId(), lease);
        lease.containerId().ifPresent(id -> answers.put(new Key(id, lease.name()), lease.answer(id)));
        if (before != null) {
            before.containerId()
                    .filter(id -> !lease.containerId().equals(Optional.of(id))
                            || !lease.name().equals(before.name()))
                    .ifPresent(id -> answers.remove(new Key(id, before.name()), before.answer(id)));
            if (before.body() != lease.body()) {
                before.body().destroy();
            }
        }
    }

    /** Drops a lease whose session was handed over to another lease. */
    private void leave(HeldLease lease) {
        leases.remove(lease.leaseId());
        lease.containerId().ifPresent(id -> answers.remove(new Key(id, lease.name()), lease.answer(id)));
    }

    /** Stops serving a lease, immediately. */
    void remove(String leaseId) {
        lock.lock();
        try {
            expired.remove(leaseId);
            HeldLease lease = leases.remove(leaseId);
            if (lease != null) {
                lease.containerId().ifPresent(id -> answers.remove(new Key(id, lease.name()), lease.answer(id)));
                lease.body().destroy();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Removes a refusal. A lease that is bound to the container under the same name is served again. */
    void clearRefusal(String containerId, String name) {
        lock.lock();
        try {
            Key key = new Key(containerId, name);
            if (answers.get(key) instanceof Answer.Refusal) {
                answers.remove(key);
                leases.values().stream()
                        .filter(lease -> lease.containerId().equals(Optional.of(containerId))
                                && lease.name().equals(name))
                        .findFirst()
                        .ifPresent(lease -> answers.put(key, lease.answer(containerId)));
            }
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    /**
     * Drops the leases and refusals of ended containers without waiting for the controller, and rejects new leases for
     * their ids. So a container that has such an id later inherits nothing. A container that reappears with its old
     * start time was only missed by a scan; it may have leases again.
     */
    @Override
    public void changing(List<Container> started, List<Container> ended) {
        lock.lock();
        try {
            ended.forEach(container -> this.ended.putIfAbsent(container.id(), container.startTicks()));
            started.forEach(container -> this.ended.remove(container.id(), container.startTicks()));
            Set<String> ids = ended.stream().map(Container::id).collect(toSet());
            leases.values().stream()
                    .filter(lease -> lease.containerId().filter(ids::contains).isPresent())
                    .map(HeldLease::leaseId)
                    .toList()
                    .forEach(this::remove);
            answers.keySet().removeIf(key -> ids.contains(key.containerId()));
        } finally {
            lock.unlock();
        }
    }

    /** The unexpired leases, for a controller that doesn't know them yet. Without key material. */
    public List<Held> held() {
        lock.lock();
        try {
            return leases.values().stream()
                    .filter(lease -> clock.instant().isBefore(lease.expiration()))
                    .map(lease -> new Held(lease.leaseId(), lease.identityHash(), lease.expiration()))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void expose(Exposition out) {
        out.gauge("mesosiam_agent_leases", "Leases held here that have not expired.")
                .sample(held().size());
        lock.lock();
        try {
            out.counter(
                            "mesosiam_agent_sessions_expired_on_arrival_total",
                            "Sessions that had ended by this host's clock when they arrived.")
                    .sample(expiredOnArrival);
        } finally {
            lock.unlock();
        }
    }

    /** Removes and zeroes leases that have expired by this host's clock. Needs no controller. */
    public void dropExpired() {
        lock.lock();
        try {
            leases.values().stream()
                    .filter(lease -> !clock.instant().isBefore(lease.expiration()))
                    .map(HeldLease::leaseId)
                    .toList()
                    .forEach(this::remove);
        } finally {
            lock.unlock();
        }
    }

    /** Zeroes all sessions. */
    @Override
    public void close() {
        lock.lock();
        try {
            Set.copyOf(leases.keySet()).forEach(this::remove);
        } finally {
            lock.unlock();
        }
    }
}
