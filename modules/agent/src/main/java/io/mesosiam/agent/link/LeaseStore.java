package io.mesosiam.agent.link;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import com.google.errorprone.annotations.concurrent.GuardedBy;
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
import io.mesosiam.channel.wire.Executor;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The leases of this host, in memory only. The highest revision of a lease that one controller has sent wins; the next
 * one's sync replaces it, whatever its revision. Of a lease and a refusal for the same container and name, the later message wins. Leases that end, by the controller's message or by the clock, are zeroed.
 * Writers take a lock; lookups take none, also while they wait for an answer.
 */
public final class LeaseStore implements CredentialSource, ContainerListener, MetricSource, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LeaseStore.class.getName());

    private final InstantSource clock;
    private final ContainerOwners owners;
    private final ReentrantLock lock = new ReentrantLock();

    /** Is completed by the next change that may give an answer. Requests that wait for one don't take the lock. */
    private final AtomicReference<CompletableFuture<@Nullable Void>> change =
            new AtomicReference<>(new CompletableFuture<>());

    private final Answers answers;

    @GuardedBy("lock")
    private final Map<String, StoredLease> leases = new HashMap<>();

    @GuardedBy("lock")
    private final EndedContainers ended = new EndedContainers();

    @GuardedBy("lock")
    private final ExpiredArrivals expired = new ExpiredArrivals();

    public LeaseStore(InstantSource clock, ContainerOwners owners) {
        this.clock = clock;
        this.owners = owners;
        this.answers = new Answers(clock);
    }

    /** What this host's Mesos says of its containers. */
    ContainerOwners owners() {
        return owners;
    }

    @Override
    public Answer find(String containerId, String name) {
        return answers.find(containerId, name);
    }

    /** Waits until {@link #find} has an answer, at most {@code atMost}. */
    @Override
    public Answer await(String containerId, String name, Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        try {
            while (true) {
                CompletableFuture<@Nullable Void> next = change.get();
                Answer answer = find(containerId, name);
                if (!(answer instanceof Answer.Nothing)) {
                    return answer;
                }
                var ignored = next.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            }
        } catch (TimeoutException e) {
            return find(containerId, name);
        } catch (ExecutionException e) {
            throw new AssertionError("never completed exceptionally", e);
        }
    }

    private void wakeRequests() {
        var unused = change.getAndSet(new CompletableFuture<>()).complete(null);
    }

    /** For each lease, the container to which it is bound. */
    Map<String, Optional<String>> containers() {
        lock.lock();
        try {
            return leases.values().stream().collect(toMap(StoredLease::leaseId, StoredLease::containerId));
        } finally {
            lock.unlock();
        }
    }

    /**
     * The result of a {@link #sync}.
     *
     * @param replies for the controller
     * @param later number of the leases that the controller doesn't know as they are
     */
    record Synced(List<AgentMessage> replies, long later) {}

    /**
     * Replaces this host's state with the message's entries. Leases and refusals that the message doesn't name are removed.
     * If the controller takes over from another one, leases which that one sent or bound after this one was informed stay as
     * they are, unless this one gives the container something else under that name.
     *
     * @param ofOthers which of the entries {@link #ofOtherExecutors} has found
     * @param reported whether this controller was informed of a lease and of its container
     */
    Synced sync(Sync sync, Set<Entry> ofOthers, Predicate<StoredLease> reported) {
        lock.lock();
        try {
            // a controller counts on from rows, which the former one may not have written for its last sessions
            leases.replaceAll((_, lease) -> lease.withoutRevision());
            answers.evict(false);
            List<StoredLease> unreported =
                    leases.values().stream().filter(reported.negate()).toList();
            List<AgentMessage> replies = new ArrayList<>();
            Set<String> named = new HashSet<>(sync.retained());
            Set<Answers.Key> decided = new HashSet<>();
            Set<Answers.Key> refused = new HashSet<>();
            for (Entry entry : sync.entries()) {
                Optional<AgentMessage> reply = apply(entry, ofOthers.contains(entry));
                reply.ifPresent(replies::add);
                switch (entry) {
                    case Entry.Served served -> named.add(served.leaseId());
                    case Entry.Kept kept -> named.add(kept.leaseId());
                    case Entry.Refusal refusal -> refused.add(key(refusal));
                }
                // of a lease that is not here, the controller gives nothing
                if (reply.isPresent() && reply.get() instanceof Ack(String lease, long _)) {
                    Optional.ofNullable(leases.get(lease))
                            .flatMap(LeaseStore::place)
                            .ifPresent(decided::add);
                }
            }
            decided.addAll(refused);
            Set<String> later = new HashSet<>();
            for (StoredLease lease : unreported) {
                boolean stays = place(lease).filter(decided::contains).isEmpty();
                if (stays && (!named.contains(lease.leaseId()) || bindAgain(lease))) {
                    later.add(lease.leaseId());
                }
            }
            removeIf(lease -> !named.contains(lease.leaseId()) && !later.contains(lease.leaseId()));
            answers.retainRefusals(refused);
            later.retainAll(leases.keySet());
            return new Synced(replies, later.size());
        } finally {
            wakeRequests();
            lock.unlock();
        }
    }

    /** Binds a lease to its former container; returns false if it is bound to one. */
    @GuardedBy("lock")
    private boolean bindAgain(StoredLease former) {
        Optional<StoredLease> unbound = Optional.ofNullable(leases.get(former.leaseId()))
                .filter(lease ->
                        lease.containerId().isEmpty() && former.containerId().isPresent());
        unbound.ifPresent(lease -> put(lease.in(former.containerId())));
        return unbound.isPresent();
    }

    private static Optional<Answers.Key> place(StoredLease lease) {
        return lease.containerId().map(container -> new Answers.Key(container, lease.name()));
    }

    /** The host is evicted: zeroes all sessions, and refuses every container until the next {@link #sync}. */
    void evict() {
        lock.lock();
        try {
            answers.evict(true);
            removeIf(_ -> true);
        } finally {
            wakeRequests();
            lock.unlock();
        }
    }

    /**
     * Adds or changes an entry. The reply is for the controller; a refusal has none.
     *
     * @param ofOthers has the entry if {@link #ofOtherExecutors} has found it
     */
    Optional<AgentMessage> upsert(Entry entry, Set<Entry> ofOthers) {
        lock.lock();
        try {
            return apply(entry, ofOthers.contains(entry));
        } finally {
            wakeRequests();
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private Optional<AgentMessage> apply(Entry entry, boolean ofAnother) {
        return switch (entry) {
            case Entry.Served served -> Optional.of(serve(served, ofAnother));
            case Entry.Kept kept -> Optional.of(keep(kept, ofAnother));
            case Entry.Refusal refusal -> {
                if (!ended.contains(Optional.of(refusal.containerId()))) {
                    answers.refuse(key(refusal), new Answer.Refusal(refusal.code(), refusal.message()));
                }
                yield Optional.empty();
            }
        };
    }

    private static Answers.Key key(Entry.Refusal refusal) {
        return new Answers.Key(refusal.containerId(), refusal.name());
    }

    @GuardedBy("lock")
    private AgentMessage serve(Entry.Served served, boolean ofAnother) {
        WireSession session = served.session();
        try {
            Optional<AgentMessage> refused =
                    refused(served.leaseId(), served.revision(), served.containerId(), ofAnother);
            if (refused.isPresent()) {
                return refused.get();
            }
            StoredLease held = leases.get(served.leaseId());
            if (held != null && held.revision() > served.revision()) {
                return new Ack(held.leaseId(), held.revision());
            }
            Instant now = clock.instant();
            if (!now.isBefore(session.expiration())) {
                return expired.dropped(served, now);
            }
            put(StoredLease.of(served, CredentialBody.of(session, served.roleArn(), clock.instant())));
            return new Ack(served.leaseId(), served.revision());
        } finally {
            destroy(session);
        }
    }

    private static void destroy(WireSession session) {
        session.secretAccessKey().destroy();
        session.sessionToken().destroy();
    }

    /** The reply for a lease that its container must not be served: it has ended, or is known to be another executor's. */
    @GuardedBy("lock")
    private Optional<AgentMessage> refused(
            String leaseId, long revision, Optional<String> container, boolean ofAnother) {
        if (ended.contains(container)) {
            // container ids are never reused, so such a lease is stale
            return Optional.of(new Nack(leaseId, revision, "ContainerEnded", "the container has ended on this host"));
        }
        if (ofAnother) {
            LOG.log(Level.WARNING, "lease is not served, its container is of another executor leaseId={0}", leaseId);
            remove(leaseId);
            return Optional.of(new Nack(
                    leaseId, revision, "AnotherExecutor", "Mesos launched the container for another executor"));
        }
        return Optional.empty();
    }

    /**
     * The leases whose containers Mesos launched for other executors: an executor states the containers of its tasks
     * itself, so the controller may believe a wrong statement. Reads files, so it takes no lock. If that fails, the
     * entries are not to be applied, and their sessions are zeroed.
     */
    Set<Entry> ofOtherExecutors(List<Entry> entries) {
        try {
            return readOfOtherExecutors(entries);
        } catch (RuntimeException | Error e) {
            destroy(entries);
            throw e;
        }
    }

    /** Zeroes the sessions of entries that are not applied. */
    static void destroy(List<Entry> entries) {
        for (Entry entry : entries) {
            if (entry instanceof Entry.Served served) {
                destroy(served.session());
            }
        }
    }

    private Set<Entry> readOfOtherExecutors(List<Entry> entries) {
        ContainerOwners once = owners.once();
        Set<Entry> found = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Entry entry : entries) {
            boolean ofAnother =
                    switch (entry) {
                        case Entry.Served lease -> isOfAnother(lease.containerId(), lease.executor(), once);
                        case Entry.Kept lease -> isOfAnother(lease.containerId(), lease.executor(), once);
                        case Entry.Refusal _ -> false;
                    };
            if (ofAnother) {
                found.add(entry);
            }
        }
        return found;
    }

    private static boolean isOfAnother(
            Optional<String> container, Optional<Executor> executor, ContainerOwners owners) {
        return executor.isPresent()
                && container
                        .flatMap(owners::of)
                        .filter(known -> !known.equals(executor.get()))
                        .isPresent();
    }

    @GuardedBy("lock")
    private AgentMessage keep(Entry.Kept kept, boolean ofAnother) {
        Optional<AgentMessage> refused = refused(kept.leaseId(), kept.revision(), kept.containerId(), ofAnother);
        if (refused.isPresent()) {
            return refused.get();
        }
        Optional<StoredLease> own = Optional.ofNullable(leases.get(kept.leaseId()));
        Optional<StoredLease> before = own.or(() -> kept.heldAs().map(leases::get))
                .filter(lease -> lease.identityHash().equals(kept.identityHash()));
        if (before.isEmpty()) {
            return new Nack(kept.leaseId(), kept.revision(), "SessionMissing", "this host holds no such session");
        }
        StoredLease held = before.get();
        if (own.isEmpty()) {
            put(held.keptAs(kept));
            // its session was handed over to the new lease
            leases.remove(held.leaseId());
            answers.withdraw(held);
            return new Ack(kept.leaseId(), kept.revision());
        }
        if (held.revision() <= kept.revision()) {
            put(held.keptAs(kept));
        }
        return new Ack(kept.leaseId(), Math.max(held.revision(), kept.revision()));
    }

    @GuardedBy("lock")
    private void put(StoredLease lease) {
        expired.forget(lease.leaseId());
        StoredLease before = leases.put(lease.leaseId(), lease);
        answers.serve(lease);
        if (before != null) {
            if (!lease.containerId().equals(before.containerId())
                    || !lease.name().equals(before.name())) {
                answers.withdraw(before);
            }
            if (before.body() != lease.body()) {
                before.body().destroy();
            }
        }
    }

    /** Stops serving a lease, immediately. */
    void remove(String leaseId) {
        lock.lock();
        try {
            expired.forget(leaseId);
            StoredLease lease = leases.remove(leaseId);
            if (lease != null) {
                answers.withdraw(lease);
                lease.body().destroy();
            }
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void removeIf(Predicate<StoredLease> condition) {
        List<StoredLease> matching = leases.values().stream().filter(condition).toList();
        matching.forEach(lease -> remove(lease.leaseId()));
    }

    /** Removes a refusal. A lease that is bound to the container under the same name is served again. */
    void clearRefusal(String containerId, String name) {
        lock.lock();
        try {
            if (answers.clearRefusal(new Answers.Key(containerId, name))) {
                leases.values().stream()
                        .filter(lease -> lease.containerId().equals(Optional.of(containerId))
                                && lease.name().equals(name))
                        .findFirst()
                        .ifPresent(answers::serve);
            }
        } finally {
            wakeRequests();
            lock.unlock();
        }
    }

    /**
     * Drops the leases and refusals of ended containers without waiting for the controller, and takes no new ones for
     * their ids. So a container that has such an id later inherits nothing. A container that reappears with its old
     * start time was only missed by a scan; it may have leases again.
     */
    @Override
    public void changing(List<Container> started, List<Container> ended) {
        lock.lock();
        try {
            this.ended.changed(started, ended);
            Set<String> ids = ended.stream().map(Container::id).collect(toSet());
            removeIf(lease -> lease.containerId().filter(ids::contains).isPresent());
            answers.removeContainers(ids);
        } finally {
            lock.unlock();
        }
    }

    /** Whether a container with this id has ended on this host. Of some that ended long ago that is forgotten. */
    boolean hasEnded(String containerId) {
        lock.lock();
        try {
            return ended.contains(Optional.of(containerId));
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
                    .map(lease -> new Held(
                            lease.leaseId(),
                            lease.identityHash(),
                            lease.expiration(),
                            lease.containerId(),
                            Optional.of(lease.name())))
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
                    .sample(expired.count());
        } finally {
            lock.unlock();
        }
    }

    /** Removes and zeroes leases that have expired by this host's clock. Needs no controller. */
    public void dropExpired() {
        lock.lock();
        try {
            removeIf(lease -> !clock.instant().isBefore(lease.expiration()));
        } finally {
            lock.unlock();
        }
    }

    /** Zeroes all sessions. */
    @Override
    public void close() {
        lock.lock();
        try {
            removeIf(_ -> true);
        } finally {
            lock.unlock();
        }
    }
}
