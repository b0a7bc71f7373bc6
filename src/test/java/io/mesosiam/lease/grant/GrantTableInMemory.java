package io.mesosiam.lease.grant;

import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.policy.grant.LaunchGrant;
import io.mesosiam.policy.grant.LaunchGrant.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** The rows of launch grants with the rules of the table, transactions that commit late, and times without a database. */
final class GrantTableInMemory {
    static final long NEVER_READ = Long.MAX_VALUE;

    boolean away;
    private long next = 1;
    private final Map<UUID, Row> rows = new LinkedHashMap<>();
    private final List<Transaction> open = new ArrayList<>();

    private record Row(LaunchGrant grant, long changedIn) {}

    /**
     * Changes of one grant that are not committed.
     *
     * @param made the new grant; empty if the transaction ends one
     */
    private record Transaction(long id, UUID grant, Optional<LaunchGrant> made) {}

    /** @param oldest the oldest transaction that was open */
    record Read(List<LaunchGrant> rows, long oldest) {}

    /** The rows that have changed since a read, or also all that have not ended. */
    Read read(long since, boolean all) {
        return new Read(
                rows.values().stream()
                        .filter(row -> row.changedIn() >= since || (all && isOpen(row.grant())))
                        .map(Row::grant)
                        .toList(),
                open.stream().mapToLong(Transaction::id).min().orElse(next));
    }

    Optional<LaunchGrant> find(UUID id) {
        return Optional.ofNullable(rows.get(id)).map(Row::grant);
    }

    List<LaunchGrant> all() {
        return rows.values().stream().map(Row::grant).toList();
    }

    static boolean isOpen(LaunchGrant grant) {
        return !(grant.state() instanceof State.Ended);
    }

    /** @param late whether its transaction is committed later */
    void make(LaunchGrant grant, boolean late) {
        begin(grant.id(), Optional.of(grant), late);
    }

    /** @param late whether its transaction is committed later */
    void revoke(UUID id, boolean late) {
        if (!isLocked(id)) {
            begin(id, Optional.empty(), late);
        }
    }

    private void begin(UUID id, Optional<LaunchGrant> made, boolean late) {
        open.add(new Transaction(next++, id, made));
        if (!late) {
            commit(open.size() - 1);
        }
    }

    int uncommitted() {
        return open.size();
    }

    void commit(int index) {
        Transaction done = open.remove(index);
        Optional<LaunchGrant> ended = find(done.grant())
                .filter(GrantTableInMemory::isOpen)
                .map(grant ->
                        in(grant, new State.Ended("was revoked", grant.state().holder())));
        done.made().or(() -> ended).ifPresent(grant -> rows.put(grant.id(), new Row(grant, done.id())));
    }

    /** Whether another transaction has the row, so that a write waits. */
    boolean isLocked(UUID id) {
        return open.stream().anyMatch(each -> each.grant().equals(id));
    }

    void expire(Instant now) {
        all().stream()
                .filter(grant -> isOpen(grant) && !isLocked(grant.id()) && isExpired(grant, now))
                .forEach(grant -> set(
                        grant.id(),
                        it -> new State.Ended("has expired", it.state().holder())));
    }

    static boolean isExpired(LaunchGrant grant, Instant now) {
        return !now.isBefore(grant.entitlement().endsAt().orElseThrow());
    }

    void bind(UUID id, TaskContainer launch, Instant now) {
        find(id).filter(grant -> grant.state() instanceof State.Unbound && !isExpired(grant, now))
                .ifPresent(_ -> set(id, _ -> new State.Bound(launch)));
    }

    void suspend(UUID id, String reason) {
        find(id).filter(grant -> grant.state() instanceof State.Bound)
                .ifPresent(_ ->
                        set(id, it -> new State.Suspended(reason, it.state().holder())));
    }

    void endWithTask(UUID id, TaskContainer launch) {
        find(id).filter(grant -> isOpen(grant) && grant.state().holder().equals(Optional.of(launch)))
                .ifPresent(_ -> set(
                        id,
                        it -> new State.Ended("ended with its task", it.state().holder())));
    }

    private void set(UUID id, Function<LaunchGrant, State> state) {
        rows.computeIfPresent(id, (_, row) -> new Row(in(row.grant(), state.apply(row.grant())), next++));
    }

    private static LaunchGrant in(LaunchGrant grant, State state) {
        return new LaunchGrant(grant.policy(), grant.taskId(), state);
    }
}
