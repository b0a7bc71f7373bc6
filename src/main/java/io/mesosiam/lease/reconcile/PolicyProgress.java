package io.mesosiam.lease.reconcile;

import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * How far the versions of the policies have come: from the controller's copy to the decisions about all tasks, and from
 * there to the hosts. Not thread-safe.
 */
final class PolicyProgress {
    private long read;
    private long decided;

    /** Nothing is decided for all tasks before the tasks are known. */
    private boolean clusterKnown;

    /**
     * The launches that have not been planned since a version touched them, each with the version before that one. A later
     * version doesn't replace the entry, so the first entry has the lowest version.
     */
    private final Map<Launch, Long> undecided = new LinkedHashMap<>();

    /** The launches whose last plan failed. Their hosts may serve what an older version gave. */
    private final Set<Launch> failing = new HashSet<>();

    /** The version that each connected host has confirmed last; 0 before the first. */
    private PMap<MesosAgentId, Long> applied = HashTreePMap.empty();

    /** The connected hosts that have not been sent the decided version. */
    private final Set<MesosAgentId> unsent = new LinkedHashSet<>();

    /** The first cluster state has arrived, with these launches. */
    void clusterKnown(Collection<Launch> launches) {
        clusterKnown = true;
        undecided.clear();
        launches.forEach(launch -> undecided.put(launch, 0L));
        advance();
    }

    /**
     * Decisions use this version from now on; it touches these launches. A number that doesn't grow follows a failover of the
     * database that lost later versions: those that are decided and confirmed no longer count.
     */
    void read(long version, Collection<Launch> touched) {
        if (version <= read) {
            read = version - 1;
            decided = Math.min(decided, read);
            undecided.replaceAll((_, before) -> Math.min(before, read));
            applied.keySet().forEach(this::connected);
        }
        touched.forEach(launch -> undecided.putIfAbsent(launch, read));
        read = version;
        advance();
    }

    /** A launch has been planned, and every action has succeeded. */
    void planned(Launch launch) {
        failing.remove(launch);
        if (undecided.remove(launch) != null) {
            advance();
        }
    }

    /** The plan of a launch, or an action of it, has failed; it is tried again. */
    void failed(Launch launch) {
        failing.add(launch);
    }

    private void advance() {
        long now = undecided.isEmpty() ? read : undecided.values().iterator().next();
        if (clusterKnown && now > decided) {
            decided = now;
            unsent.addAll(applied.keySet());
        }
    }

    /** The host's agent has connected; it is sent the decided version with its state. */
    void connected(MesosAgentId host) {
        applied = applied.plus(host, 0L);
        unsent.add(host);
    }

    void disconnected(MesosAgentId host) {
        applied = applied.minus(host);
        unsent.remove(host);
    }

    /** Records what a host confirms. A version that it can't have been sent is ignored. */
    void applied(MesosAgentId host, long version) {
        Long before = applied.get(host);
        if (before != null && version > before && version <= decided) {
            applied = applied.plus(host, version);
        }
    }

    /** Takes a host that has to be sent the decided version. */
    Optional<MesosAgentId> nextUnsent() {
        Optional<MesosAgentId> next = findUnsent();
        next.ifPresent(unsent::remove);
        return next;
    }

    boolean hasUnsent() {
        return findUnsent().isPresent();
    }

    private Optional<MesosAgentId> findUnsent() {
        if (decided == 0 || unsent.isEmpty()) {
            return Optional.empty();
        }
        Set<MesosAgentId> held =
                failing.stream().map(launch -> launch.key().agent()).collect(Collectors.toSet());
        return unsent.stream().filter(host -> !held.contains(host)).findFirst();
    }

    long decided() {
        return decided;
    }

    PolicyEffect current() {
        return new PolicyEffect(read, decided, undecided.size(), applied);
    }
}
