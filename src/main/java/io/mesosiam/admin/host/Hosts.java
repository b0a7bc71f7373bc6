package io.mesosiam.admin.host;

import io.mesosiam.admin.AdminSessions;
import io.mesosiam.admin.AllRows;
import io.mesosiam.admin.Author;
import io.mesosiam.admin.Refusals;
import io.mesosiam.admin.Refused;
import io.mesosiam.admin.Written;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.hibernate.reactive.mutiny.Mutiny.StatelessSession;

/** The hosts: listed, evicted, and let enrol again. */
@Singleton
public final class Hosts {
    /** Also a host that has a certificate of the site's own authority alone, so there may be no row yet. */
    private static final String EVICT = """
            insert into host (hostname, evicted_at, eviction_reason)
            select cast(:hostname as text), now(), cast(:reason as text)
            where cast(:known as boolean) or exists (select from host where hostname = :hostname)
            on conflict (hostname) do update set evicted_at = now(), eviction_reason = excluded.eviction_reason
            where host.evicted_at is null
                or exists (select from ec2_instance where ec2_instance.hostname = host.hostname and terminated_at = host.evicted_at)""";

    private static final String READMIT =
            "update host set evicted_at = null, eviction_reason = null where hostname = :hostname and evicted_at is not null";

    private final AdminSessions sessions;

    @Inject
    Hosts(AdminSessions sessions) {
        this.sessions = sessions;
    }

    /**
     * All that have enrolled, or were evicted, a part at a time.
     *
     * @param with the result of the hosts so far, with those of another part
     */
    public <T> Uni<T> all(T nothing, BiFunction<T, Stream<StoredHost>, T> with) {
        return sessions.reading(session -> AllRows.of(
                        session, HostEntity.class, "hostname", row -> Objects.requireNonNull(row.hostname))
                .sum(nothing, (sum, rows) -> with.apply(sum, rows.stream().map(StoredHost::of))));
    }

    /**
     * Evicts a host: all its certificates are refused from now on; an evicted host stays as it is.
     *
     * @param known whether the host is evicted although it has never enrolled; otherwise such a host is not found
     * @param dry whether nothing is stored: the outcome is what a write would do
     */
    public Uni<Written<StoredHost>> evict(String hostname, boolean known, Author author, boolean dry) {
        return written(
                hostname,
                author,
                session -> session.createNativeQuery(EVICT)
                        .setParameter("hostname", hostname)
                        .setParameter("known", known)
                        .setParameter("reason", author.reason())
                        .executeUpdate(),
                dry);
    }

    /**
     * Lets an evicted host enrol again. Its old certificates stay evicted.
     *
     * @param dry whether nothing is stored: the outcome is what a write would do
     */
    public Uni<Written<StoredHost>> readmit(String hostname, Author author, boolean dry) {
        return written(
                hostname,
                author,
                session -> session.createNativeQuery(READMIT)
                        .setParameter("hostname", hostname)
                        .executeUpdate(),
                dry);
    }

    private interface Change {
        /** Number of changed rows. */
        Uni<Integer> in(StatelessSession session);
    }

    private Uni<Written<StoredHost>> written(String hostname, Author author, Change change, boolean dry) {
        return sessions.writing(
                        author,
                        session -> change.in(session).chain(rows -> session.get(HostEntity.class, hostname)
                                .map(row -> outcome(hostname, rows, row))),
                        _ -> !dry)
                .onFailure(failure -> Refusals.of(failure).isPresent())
                .recoverWithItem(
                        failure -> new Written.Not<>(Refusals.of(failure).orElseThrow()));
    }

    private static Written<StoredHost> outcome(String hostname, int rows, HostEntity row) {
        return Optional.ofNullable(row)
                .map(StoredHost::of)
                .<Written<StoredHost>>map(
                        host -> rows == 0 ? new Written.Unchanged<>(host) : new Written.Changed<>(host))
                .orElseGet(() -> new Written.Not<>(new Refused.NotFound("host " + hostname)));
    }
}
