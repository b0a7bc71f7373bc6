package io.mesosiam.admin.revocation;

import io.mesosiam.admin.AdminSessions;
import io.mesosiam.admin.RowsOfPage;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the denials of revocations. */
@Singleton
public final class Denials {
    /** The most denials of one withdrawal that are read: a revocation that is repeated each minute has any number of them. */
    public static final int MOST = 100;

    private static final String NEWEST = """
            from unnest(cast(string_to_array(:ids, ',') as uuid[])) with ordinality as asked (withdrawal, place)
                %s join lateral (
                    select * from session_denial where withdrawal_id = withdrawal
                    order by removed_at is null desc, requested_at desc, id limit %d) as denial on true
            """;

    private static final String SIZES = "select cast(coalesce(sum(512 + octet_length(iam_role_arn)"
            + " + octet_length(array_to_string(session_names, ' ')) + coalesce(octet_length(last_error), 0)), 0) as integer) "
            + NEWEST.formatted("left", MOST) + "group by place order by place";

    private static final String OF = """
            select cast(withdrawal_id as text), iam_role_arn, array_to_string(session_names, ' '), issued_before, remove_after,
                applied_at, removed_at, attempts, last_error, number
            """ + NEWEST.formatted("", MOST) + """
                cross join lateral (
                    select count(*) as number from session_denial where withdrawal_id = withdrawal) as counted
            order by requested_at, id""";

    private final AdminSessions sessions;

    @Inject
    Denials(AdminSessions sessions) {
        this.sessions = sessions;
    }

    /**
     * How many of these withdrawals, from the first on, have denials that fit on a page; at least one.
     *
     * @param withdrawals in the order of the page
     */
    public Uni<Integer> fitting(List<UUID> withdrawals) {
        return sessions.reading(session -> session.createNativeQuery(SIZES, Integer.class)
                        .setParameter("ids", ids(withdrawals))
                        .getResultList())
                .map(sizes -> RowsOfPage.fitting(sizes, sizes.size()));
    }

    /** The denials of these withdrawals, the oldest first: of each {@link #MOST}, the open ones before the newest. */
    public Uni<List<StoredDenial>> of(List<UUID> withdrawals) {
        return sessions.reading(session -> session.createNativeQuery(OF, Object[].class)
                        .setParameter("ids", ids(withdrawals))
                        .getResultList())
                .map(rows -> rows.stream().map(Denials::denial).toList());
    }

    private static String ids(List<UUID> withdrawals) {
        return withdrawals.stream().map(UUID::toString).collect(Collectors.joining(","));
    }

    private static StoredDenial denial(Object[] row) {
        return new StoredDenial(
                UUID.fromString(String.valueOf(row[0])),
                String.valueOf(row[1]),
                Stream.of(String.valueOf(row[2]).split(" ", -1))
                        .filter(name -> !name.isEmpty())
                        .toList(),
                time(row[3]),
                time(row[4]).orElseThrow(),
                time(row[5]),
                time(row[6]),
                ((Number) row[7]).intValue(),
                Optional.ofNullable(row[8]).map(String::valueOf),
                ((Number) row[9]).longValue());
    }

    private static Optional<Instant> time(@Nullable Object time) {
        return switch (time) {
            case null -> Optional.empty();
            case Instant instant -> Optional.of(instant);
            case OffsetDateTime moment -> Optional.of(moment.toInstant());
            default -> throw new IllegalStateException("not a time: " + time.getClass());
        };
    }
}
