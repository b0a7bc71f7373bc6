package io.mesosiam.enrol;

import io.mesosiam.enrol.authority.CertificateRequest;
import io.mesosiam.enrol.authority.HostName;
import io.mesosiam.enrol.authority.Pem;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.security.cert.X509Certificate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The statements of one enrolment, within its transaction. */
final class EnrolmentRows {
    /** A statement that waits longer for a lock fails, so that a forgotten psql transaction holds up no host. */
    private static final String CALLER =
            "select set_config('mesos_iam.caller', $1, true), set_config('mesos_iam.source_address', $2, true),"
                    + " set_config('lock_timeout', '3s', true)";

    /** Two requests for one host take turns here, before the token: with different tokens, neither would see the other. */
    private static final String TURN = "select pg_advisory_xact_lock(hashtextextended('mesos-iam host ' || $1, 0))";

    /** Two requests with one token take turns here. */
    private static final String TOKEN = """
            select encode(hash, 'hex') as hash, hostname, uses, used, expires_at, revoked_at is not null as revoked from join_token where id = $1 for update""";

    private static final String HOST = """
            select clock_timestamp() as now,
                exists (select from host where hostname = $1 and evicted_at is not null) as evicted,
                used.public_key_hash = $2 as same_key, used.evicted_at is not null as use_evicted, used.expires_at <= now() as use_expired,
                exists (
                    select from host_certificate where hostname = $1 and expires_at > now() and evicted_at is null and public_key_hash <> $2)
                    as enrolled_otherwise,
                (select count(*) from host_certificate where hostname = $1 and issued_at > now() - interval '1 hour' and evicted_at is null)
                    as recent
            from (values (1)) as one
            left join lateral (
                select public_key_hash, evicted_at, expires_at from host_certificate where join_token_id = $3 and hostname = $1
                order by issued_at desc limit 1) as used on true""";

    private static final String ISSUED =
            "select hostname, evicted_at is not null as evicted, expires_at <= now() as expired, instance from host_certificate where serial = $1";

    static final String ADD_HOST = "insert into host (hostname) values ($1) on conflict do nothing";

    private static final String ADD_CERTIFICATE = """
            insert into host_certificate (serial, hostname, public_key_hash, issuer, proof, join_token_id, instance, expires_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8)""";

    private static final String COUNT_USE = "update join_token set used = used + 1 where id = $1";

    private final SqlConnection connection;

    EnrolmentRows(SqlConnection connection) {
        this.connection = connection;
    }

    /** States who acts, for the audit events. */
    Uni<RowSet<Row>> as(String controllerId, String address) {
        return connection.preparedQuery(CALLER).execute(Tuple.of(controllerId, address));
    }

    /** Waits until no other transaction decides on this host. */
    Uni<RowSet<Row>> turn(HostName name) {
        return connection.preparedQuery(TURN).execute(Tuple.of(name.text()));
    }

    /** The join token with this id, locked until the transaction ends. */
    Uni<Optional<EnrolmentFacts.Token>> token(UUID id) {
        return connection.preparedQuery(TOKEN).execute(Tuple.of(id)).map(rows -> {
            for (Row row : rows) {
                return Optional.of(new EnrolmentFacts.Token(
                        row.getString("hash"),
                        row.getString("hostname"),
                        row.getInteger("uses"),
                        row.getInteger("used"),
                        row.getOffsetDateTime("expires_at").toInstant(),
                        row.getBoolean("revoked")));
            }
            return Optional.empty();
        });
    }

    /** @param token whose use is looked for; null for none */
    Uni<EnrolmentFacts.Host> host(HostName name, CertificateRequest request, @Nullable UUID token) {
        Tuple values = Tuple.of(name.text(), Buffer.buffer(request.keyHash()), token);
        return connection.preparedQuery(HOST).execute(values).map(rows -> {
            Row row = rows.iterator().next();
            return new EnrolmentFacts.Host(
                    row.getOffsetDateTime("now").toInstant(),
                    row.getBoolean("evicted"),
                    Optional.ofNullable(row.getBoolean("same_key"))
                            .map(same -> new EnrolmentFacts.Use(
                                    same, row.getBoolean("use_evicted"), row.getBoolean("use_expired"))),
                    row.getBoolean("enrolled_otherwise"),
                    row.getLong("recent"));
        });
    }

    Uni<Optional<EnrolmentFacts.Issued>> issued(String serial) {
        return connection.preparedQuery(ISSUED).execute(Tuple.of(serial)).map(rows -> {
            for (Row row : rows) {
                return Optional.of(new EnrolmentFacts.Issued(
                        row.getString("hostname"),
                        row.getBoolean("evicted"),
                        row.getBoolean("expired"),
                        Optional.ofNullable(row.getUUID("instance"))));
            }
            return Optional.empty();
        });
    }

    /** What proved a host. */
    record Proof(String text, Optional<UUID> token, boolean counts, Optional<UUID> instance) {
        /** @param counts whether it is a further use of the token */
        static Proof ofToken(UUID token, boolean counts) {
            return new Proof("join-token", Optional.of(token), counts, Optional.empty());
        }

        static Proof ofInstance(UUID instance) {
            return new Proof("ec2", Optional.empty(), false, Optional.of(instance));
        }

        /** @param instance that proved the host at first */
        static Proof ofCertificate(Optional<UUID> instance) {
            return new Proof("rotation", Optional.empty(), false, instance);
        }
    }

    /** Records a certificate. */
    Uni<Issued> add(Issued issued, HostName name, CertificateRequest request, Proof proof) {
        X509Certificate leaf = issued.leaf();
        @Nullable UUID token = proof.token().orElse(null);
        Tuple certificate = Tuple.tuple()
                .addString(EvictedHosts.serial(leaf))
                .addString(name.text())
                .addValue(Buffer.buffer(request.keyHash()))
                .addValue(Buffer.buffer(Pem.fingerprint(issued.chain().get(1))))
                .addString(proof.text())
                .addUUID(token)
                .addUUID(proof.instance().orElse(null))
                .addOffsetDateTime(leaf.getNotAfter().toInstant().atOffset(ZoneOffset.UTC));
        return connection
                .preparedQuery(ADD_HOST)
                .execute(Tuple.of(name.text()))
                .chain(() -> connection.preparedQuery(ADD_CERTIFICATE).execute(certificate))
                .chain(added -> proof.counts()
                        ? connection.preparedQuery(COUNT_USE).execute(Tuple.of(token))
                        : Uni.createFrom().item(added))
                .map(_ -> issued);
    }
}
