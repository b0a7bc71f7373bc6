package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.Session;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The key material in memory, by lease. Leases of one identity may share one session object. It is zeroed when its last
 * lease drops it, but not while a request for that identity is pending, because the answer may be the same object. Not
 * thread-safe.
 */
final class Sessions {
    private final Map<LeaseId, String> hashes = new HashMap<>();
    private final Map<String, Family> families = new HashMap<>();

    /** All sessions of one identity. */
    private static final class Family {
        private final Map<LeaseId, Session> held = new HashMap<>();
        private final List<Session> orphans = new ArrayList<>();
        private int requesting;

        /** The sessions by object identity, because the bytes of the object are zeroed. */
        Set<Session> objects() {
            Set<Session> objects = Collections.newSetFromMap(new IdentityHashMap<>());
            objects.addAll(held.values());
            return objects;
        }

        void orphan(Session session) {
            orphans.add(session);
            sweep();
        }

        void sweep() {
            if (requesting == 0) {
                Set<Session> inUse = objects();
                orphans.stream().filter(orphan -> !inUse.contains(orphan)).forEach(Sessions::destroy);
                orphans.clear();
            }
        }

        boolean isEmpty() {
            return held.isEmpty() && requesting == 0;
        }
    }

    Optional<Session> of(LeaseId lease) {
        return Optional.ofNullable(hashes.get(lease))
                .flatMap(hash -> Optional.ofNullable(family(hash).held.get(lease)));
    }

    /** A session of that identity that a lease holds and whose expiration is acceptable. */
    Optional<Session> shared(String hash, Predicate<Instant> acceptable) {
        return Optional.ofNullable(families.get(hash)).flatMap(family -> family.held.values().stream()
                .filter(session -> acceptable.test(session.expiration()))
                .findFirst());
    }

    void put(LeaseId lease, String hash, Session session) {
        Optional<Session> before = of(lease);
        hashes.put(lease, hash);
        family(hash).held.put(lease, session);
        before.ifPresent(family(hash)::orphan);
    }

    void drop(LeaseId lease) {
        String hash = hashes.remove(lease);
        if (hash != null) {
            Family family = family(hash);
            Optional.ofNullable(family.held.remove(lease)).ifPresent(family::orphan);
            prune(hash);
        }
    }

    /** Records that a request for that identity is pending. */
    void requesting(String hash) {
        family(hash).requesting++;
    }

    /** Records that a request was answered, after {@link #put} took its session. */
    void answered(String hash) {
        Family family = family(hash);
        family.requesting--;
        family.sweep();
        prune(hash);
    }

    /** Records a session that no lease needs any more. */
    void discard(String hash, Session session) {
        family(hash).orphan(session);
        prune(hash);
    }

    int size() {
        return hashes.size();
    }

    private Family family(String hash) {
        return families.computeIfAbsent(hash, _ -> new Family());
    }

    private void prune(String hash) {
        families.computeIfPresent(hash, (_, family) -> family.isEmpty() ? null : family);
    }

    private static void destroy(Session session) {
        session.secretAccessKey().destroy();
        session.sessionToken().destroy();
    }
}
