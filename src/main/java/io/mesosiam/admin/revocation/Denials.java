package io.mesosiam.admin.revocation;

import io.mesosiam.admin.AdminSessions;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the denials of revocations. */
@Singleton
public final class Denials {
    private static final String OF = """
            select cast(withdrawal_id as text), iam_role_arn, array_to_string(session_names, ' '), issued_before, remove_after,
                applied_at, removed_at, attempts, last_error
            from session_denial where withdrawal_id = any(cast(string_to_array(:ids, ',') as uuid[]))
            order by requested_at, id""";

    private final AdminSessions sessions;

    @Inject
    Denials(AdminSessions sessions) {
        this.sessions = sessions;
    }

    /** The denials of these withdrawals, the oldest first. */
    public Uni<List<StoredDenial>> of(Collection<UUID> withdrawals) {
        String ids = withdrawals.stream().map(UUID::toString).collect(Collectors.joining(","));
        return sessions.reading(session -> session.createNativeQuery(OF, Object[].class)
                        .setParameter("ids", ids)
                        .getResultList())
                .map(rows -> rows.stream().map(Denials::denial).toList());
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
                Optional.ofNullable(row[8]).map(String::valueOf));
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
