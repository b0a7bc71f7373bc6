package io.mesosiam.admin.host;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.admin.AdminSessions;
import io.mesosiam.admin.AllRows;
import io.mesosiam.admin.Author;
import io.mesosiam.admin.Constraints;
import io.mesosiam.admin.FieldKind;
import io.mesosiam.admin.Fields;
import io.mesosiam.admin.Refusals;
import io.mesosiam.admin.Refused;
import io.mesosiam.admin.Refused.Fault;
import io.mesosiam.admin.Written;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** The join tokens: listed, made and revoked. */
@Singleton
public final class JoinTokens {
    private static final String EXPIRES = "expiresInSeconds";
    private static final long MOST_USES = 10_000;
    private static final long SHORTEST = 60;
    private static final long LONGEST = 30 * 86_400;
    private static final long DEFAULT = 3600;
    private static final Map<String, FieldKind> FIELDS =
            Map.of("hostname", FieldKind.TEXT, "uses", FieldKind.COUNT, EXPIRES, FieldKind.SECONDS);
    private static final Constraints CONSTRAINTS =
            Constraints.of("hostname", "uses").and(new Constraints(Map.of("expires_at", EXPIRES)));

    private static final String INSERT = """
            insert into join_token (id, hash, hostname, uses, expires_at)
            values (cast(:id as uuid), decode(:hash, 'hex'), :hostname, cast(:uses as integer), now() + make_interval(secs => cast(:seconds as bigint)))
            returning *""";

    /** Any time that is written revokes the token; the database sets the time. */
    private static final String REVOKE =
            "update join_token set revoked_at = now() where id = cast(:id as uuid) and revoked_at is null returning *";

    private final AdminSessions sessions;

    @Inject
    JoinTokens(AdminSessions sessions) {
        this.sessions = sessions;
    }

    /**
     * All that the database has, also expired, used and revoked ones, a part at a time.
     *
     * @param with the result of the tokens so far, with those of another part
     */
    public <T> Uni<T> all(T nothing, BiFunction<T, Stream<StoredJoinToken>, T> with) {
        return sessions.reading(session -> AllRows.of(
                        session, JoinTokenEntity.class, "id", row -> Objects.requireNonNull(row.id))
                .sum(nothing, (sum, rows) -> with.apply(sum, rows.stream().map(StoredJoinToken::of))));
    }

    /**
     * Makes a token.
     *
     * @param id random
     * @param hash SHA-256 of its secret
     * @param dry whether nothing is stored: the outcome is what a write would do
     */
    public Uni<Written<StoredJoinToken>> create(UUID id, byte[] hash, JsonNode document, Author author, boolean dry) {
        Fields fields = Fields.read(document, FIELDS);
        List<Fault> faults = faults(document);
        long uses = number(fields, "uses", 1);
        long seconds = number(fields, EXPIRES, DEFAULT);
        if (!faults.isEmpty()) {
            return Uni.createFrom().item(new Written.Not<>(new Refused.Invalid(faults)));
        }
        String hostname = String.valueOf(fields.text("hostname"));
        String row = Fields.row(Map.of("hostname", Optional.of(hostname), "uses", Optional.of(uses)))
                .toString();
        return sessions.writing(
                        author,
                        session -> sessions.faults(session, "join_token", CONSTRAINTS, row, List.of())
                                .chain(found -> found.isEmpty()
                                        ? session.createNativeQuery(INSERT, JoinTokenEntity.class)
                                                .setParameter("id", id.toString())
                                                .setParameter(
                                                        "hash", HexFormat.of().formatHex(hash))
                                                .setParameter("hostname", hostname)
                                                .setParameter("uses", uses)
                                                .setParameter("seconds", seconds)
                                                .getSingleResult()
                                                .<Written<StoredJoinToken>>map(
                                                        made -> new Written.Created<>(StoredJoinToken.of(made)))
                                        : Uni.createFrom()
                                                .<Written<StoredJoinToken>>item(
                                                        new Written.Not<>(new Refused.Invalid(found)))),
                        written -> !dry && written instanceof Written.Created)
                .onFailure(failure -> Refusals.of(failure).isPresent())
                .recoverWithItem(
                        failure -> new Written.Not<>(Refusals.of(failure).orElseThrow()));
    }

    /** Revokes a token; a revoked one stays as it is. */
    public Uni<Written<StoredJoinToken>> revoke(UUID id, Author author) {
        return sessions.writing(
                        author,
                        session -> session.createNativeQuery(REVOKE, JoinTokenEntity.class)
                                .setParameter("id", id.toString())
                                .getSingleResultOrNull()
                                .chain(row -> row == null
                                        ? session.get(JoinTokenEntity.class, id).map(found -> unchanged(id, found))
                                        : Uni.createFrom().item(new Written.Changed<>(StoredJoinToken.of(row)))),
                        _ -> true)
                .onFailure(failure -> Refusals.of(failure).isPresent())
                .recoverWithItem(
                        failure -> new Written.Not<>(Refusals.of(failure).orElseThrow()));
    }

    private static Written<StoredJoinToken> unchanged(UUID id, JoinTokenEntity found) {
        return Optional.ofNullable(found)
                .<Written<StoredJoinToken>>map(row -> new Written.Unchanged<>(StoredJoinToken.of(row)))
                .orElseGet(() -> new Written.Not<>(new Refused.NotFound("join token with the id " + id)));
    }

    /** What is wrong with a request; its fields have the right types if nothing is. */
    static List<Fault> faults(JsonNode document) {
        Fields fields = Fields.read(document, FIELDS);
        List<Fault> faults = new ArrayList<>(fields.faults());
        if (!document.has("hostname")) {
            faults.add(new Fault("hostname", "is required"));
        }
        demand(faults, "uses", number(fields, "uses", 1), 1, MOST_USES);
        demand(faults, EXPIRES, number(fields, EXPIRES, DEFAULT), SHORTEST, LONGEST);
        return faults;
    }

    /** Also a value that is no number is answered with the range. */
    private static void demand(List<Fault> faults, String name, long value, long least, long most) {
        boolean wrongType = faults.removeIf(fault -> fault.field().equals(name));
        if (wrongType || value < least || value > most) {
            faults.add(new Fault(name, "must be a whole number from " + least + " to " + most));
        }
    }

    private static long number(Fields fields, String name, long absent) {
        return Optional.ofNullable(fields.values().get(name))
                .map(JsonNode::longValue)
                .orElse(absent);
    }
}
