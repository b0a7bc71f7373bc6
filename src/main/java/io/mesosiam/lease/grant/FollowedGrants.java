package io.mesosiam.lease.grant;

import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.policy.Grants;
import io.mesosiam.policy.grant.GrantSet;
import io.mesosiam.policy.grant.GrantedTasks;
import io.mesosiam.policy.grant.LaunchGrant;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The launch grants as they were read last, with those that have ended recently, and with the ends that no row states yet.
 * Rows are taken in on one thread at a time; everything else can be called on any thread.
 */
final class FollowedGrants {
    /** How long a grant that has ended is known, so that decisions state its end. */
    private static final Duration ENDED_KNOWN = Duration.ofHours(1);

    private static final int MOST_ENDED = 10_000;

    private final InstantSource clock;
    private final Map<UUID, Instant> ended = new LinkedHashMap<>();
    /** Grants whose launch has ended, until the listener has the row that states it. */
    private final Set<UUID> ending = ConcurrentHashMap.newKeySet();

    private volatile GrantSet current = GrantSet.EMPTY;
    /** The last grants that the listener accepted. */
    private GrantSet handedOn = GrantSet.EMPTY;
    /** Whether the listener has failed to accept the current grants. */
    private boolean behind;

    FollowedGrants(InstantSource clock) {
        this.clock = clock;
    }

    GrantSet current() {
        return current;
    }

    /** What these grants give now: nothing once the launch has ended or the grant has expired, also before its row says so. */
    Grants inForce(GrantSet grants) {
        return new GrantsInForce(grants, ending, clock);
    }

    /** The grants that are bound to this launch, which has ended: they give nothing from now on. */
    List<UUID> ended(TaskContainer launch) {
        List<UUID> over = current.boundTo(launch).stream().map(LaunchGrant::id).toList();
        ending.addAll(over);
        return over;
    }

    /** Takes in all grants that have not ended, and others that have changed. */
    void takeAll(Collection<LaunchGrant> rows, GrantTable.Listener listener) {
        Instant now = clock.instant();
        GrantSet read = GrantSet.of(rows);
        noteEnds(rows, now);
        GrantSet next = read.with(stillKnown(read, now));
        take(next, next.difference(current), listener);
        ending.removeIf(grant -> next.find(grant).filter(FollowedGrants::isOpen).isEmpty());
    }

    /** Takes in grants that may have changed. */
    void takeChanged(Collection<LaunchGrant> rows, GrantTable.Listener listener) {
        GrantSet before = current;
        List<LaunchGrant> differing = rows.stream()
                .filter(grant -> !Optional.of(grant).equals(before.find(grant.id())))
                .toList();
        noteEnds(differing, clock.instant());
        GrantedTasks concerned = GrantedTasks.of(differing.stream()
                .flatMap(grant -> Stream.concat(Stream.of(grant), before.find(grant.id()).stream()))
                .toList());
        take(before.with(differing), concerned, listener);
        differing.stream().filter(grant -> !isOpen(grant)).map(LaunchGrant::id).forEach(ending::remove);
    }

    private static boolean isOpen(LaunchGrant grant) {
        return !(grant.state() instanceof LaunchGrant.State.Ended);
    }

    private void noteEnds(Collection<LaunchGrant> grants, Instant now) {
        grants.stream().filter(grant -> !isOpen(grant)).forEach(grant -> ended.putIfAbsent(grant.id(), now));
    }

    /** Those that have ended in the last hour. */
    private List<LaunchGrant> stillKnown(GrantSet read, Instant now) {
        ended.values().removeIf(since -> since.plus(ENDED_KNOWN).isBefore(now));
        if (ended.size() > MOST_ENDED) {
            ended.clear();
        }
        return current.all().stream()
                .filter(grant -> ended.containsKey(grant.id()))
                .filter(grant -> read.find(grant.id()).isEmpty())
                .toList();
    }

    /** @param concerned the tasks of the grants that differ from the current ones */
    private void take(GrantSet next, GrantedTasks concerned, GrantTable.Listener listener) {
        GrantedTasks unheard = behind ? next.difference(handedOn) : concerned;
        current = next; // first, because the listener reads it
        behind = true;
        if (!unheard.names().isEmpty()) {
            listener.changed(next, unheard);
        }
        handedOn = next;
        behind = false;
    }
}
