package io.mesosiam.agent.link;

import io.mesosiam.agent.serve.Answer;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The answers to requests, by container and credential name. A lookup takes no lock; the lease store's lock guards
 * changes.
 */
final class Answers {
    private static final Answer NOTHING = new Answer.Nothing();
    private static final Answer EXECUTOR = new Answer.Refusal(
            "NoTask", "this container holds tasks but is none itself, and only tasks have credentials");
    private static final Answer EVICTED = new Answer.Refusal(
            "HostEvicted",
            "the operators have evicted this host: its tasks have no credentials until it is admitted again");

    private final InstantSource clock;
    /** Sorted by container id, so that the answers of a container and of the containers nested in it are adjacent. */
    private final ConcurrentNavigableMap<Key, Answer> answers = new ConcurrentSkipListMap<>();

    /** Whether every container is refused. */
    private volatile boolean evicted;

    Answers(InstantSource clock) {
        this.clock = clock;
    }

    /** A container and a credential name. */
    record Key(String containerId, String name) implements Comparable<Key> {
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
    Answer find(String containerId, String name) {
        if (evicted) {
            return EVICTED;
        }
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

    /** Serves a lease, if it is bound to a container. */
    void serve(StoredLease lease) {
        lease.containerId().ifPresent(id -> answers.put(new Key(id, lease.name()), lease.answer(id)));
    }

    /** Stops serving a lease, unless another answer has taken its place. */
    void withdraw(StoredLease lease) {
        lease.containerId().ifPresent(id -> answers.remove(new Key(id, lease.name()), lease.answer(id)));
    }

    /** @param all whether every container is refused, because the host is evicted */
    void evict(boolean all) {
        evicted = all;
    }

    void refuse(Key key, Answer.Refusal refusal) {
        answers.put(key, refusal);
    }

    /** Removes a refusal. Returns false if there is none. */
    boolean clearRefusal(Key key) {
        return answers.get(key) instanceof Answer.Refusal refusal && answers.remove(key, refusal);
    }

    /** Removes all refusals but these. */
    void retainRefusals(Set<Key> refused) {
        answers.entrySet().removeIf(e -> e.getValue() instanceof Answer.Refusal && !refused.contains(e.getKey()));
    }

    /** Removes the answers for these containers. */
    void removeContainers(Set<String> ids) {
        answers.keySet().removeIf(key -> ids.contains(key.containerId()));
    }
}
