package io.mesosiam.signin;

import io.mesosiam.signin.StoredToken.Revocation;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The statements on table {@code api_token}, and its rows. */
final class TokenRows {
    private static final String COLUMNS =
            "id, name, hash, roles, created_at, created_by, expires_at, last_used_at, revoked_at, revoked_by";

    static final String ALL = "select " + COLUMNS + " from api_token order by id";

    static final String CREATE = "insert into api_token (name, hash, roles, expires_at, created_by) values"
            + " ($1, $2, $3, $4, $5) on conflict (name) where revoked_at is null do nothing returning " + COLUMNS;

    /** The bootstrap token is made only while there has never been a token. */
    static final String BOOTSTRAP = "insert into api_token (name, hash, roles, expires_at, created_by)"
            + " select $1, $2, $3, $4, $5 where not exists (select from api_token)"
            + " on conflict do nothing returning " + COLUMNS;

    static final String REVOKE =
            "update api_token set revoked_at = now() where id = $1 and revoked_at is null returning " + COLUMNS;

    /** A row that an open transaction has locked is left out: the statement would keep its connection until that ends. */
    static final String USED = "update api_token set last_used_at = now()"
            + " where id = (select id from api_token where id = $1 for no key update skip locked)";

    /** For one transaction: the triggers of administrative tables read the caller. A locked row is waited for 5 s. */
    static final String CALLER = "select set_config('lock_timeout', '5s', true),"
            + " set_config('mesos_iam.caller', $1, true), set_config('mesos_iam.sign_in', $2, true),"
            + " set_config('mesos_iam.source_address', $3, true), set_config('mesos_iam.request_id', $4, true)";

    private TokenRows() {}

    static Tuple values(String name, ApiToken token, Set<RoleGrant> grants, Instant expiresAt, String createdBy) {
        return Tuple.tuple()
                .addValue(name)
                .addValue(Buffer.buffer(token.hash().bytes()))
                .addValue(grants.stream().map(RoleGrant::toString).sorted().toArray(String[]::new))
                .addValue(expiresAt.atOffset(ZoneOffset.UTC))
                .addValue(createdBy);
    }

    static ApiToken.Hash hash(Row row) {
        return new ApiToken.Hash(row.getBuffer("hash").getBytes());
    }

    /** Roles of a later version are left out: a token never has more than this version can check. */
    static StoredToken token(Row row) {
        List<Optional<RoleGrant>> roles = Arrays.stream(row.getArrayOfStrings("roles"))
                .map(RoleGrant::parse)
                .toList();
        return new StoredToken(
                row.getUUID("id"),
                row.getString("name"),
                roles.stream().flatMap(Optional::stream).collect(Collectors.toSet()),
                roles.stream().allMatch(Optional::isPresent),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getString("created_by"),
                row.getOffsetDateTime("expires_at").toInstant(),
                instant(row.getOffsetDateTime("last_used_at")),
                instant(row.getOffsetDateTime("revoked_at"))
                        .map(at -> new Revocation(
                                at,
                                Optional.ofNullable(row.getString("revoked_by")).orElse("unknown"))));
    }

    private static Optional<Instant> instant(@Nullable OffsetDateTime time) {
        return Optional.ofNullable(time).map(OffsetDateTime::toInstant);
    }
}
