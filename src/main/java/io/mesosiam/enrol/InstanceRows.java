package io.mesosiam.enrol;

import io.mesosiam.enrol.authority.CertificateRequest;
import io.mesosiam.enrol.authority.HostName;
import io.mesosiam.enrol.ec2.DescribedInstance;
import io.mesosiam.enrol.ec2.InstanceIdentity;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;

/** The statements of one enrolment by an instance, within its transaction. */
final class InstanceRows {
    /** Two claims of one instance take turns here, also before it has a row. Those of one host take turns before. */
    private static final String LOCK = "select pg_advisory_xact_lock(hashtextextended('mesos-iam instance ' || $1, 0))";

    /** The answer to its last renewal may be lost, so each key counts that it has a certificate for since it enrolled. */
    private static final String INSTANCE = """
            select hostname,
                case when public_key_hash is not null then public_key_hash = $4 or exists (
                    select from host_certificate
                    where instance = ec2_instance.id and host_certificate.public_key_hash = $4 and issued_at >= enrolled_at and evicted_at is null)
                end as same_key, suspended_at is not null and public_key_hash is not null as suspended,
                terminated_at is not null as terminated
            from ec2_instance where account = $1 and region = $2 and instance_id = $3""";

    private static final String CLAIMED = """
            select
                exists (
                    select from host join ec2_instance as former on former.hostname = host.hostname and former.terminated_at = host.evicted_at
                    where host.hostname = $4) as of_terminated,
                exists (
                    select from host_certificate
                    where hostname = $4 and expires_at > now() and evicted_at is null and (instance is null or instance is distinct from (
                        select id from ec2_instance where account = $1 and region = $2 and instance_id = $3))) as of_other""";

    private static final String READMIT = "select readmit_after_termination($1)";

    private static final String ENROL = """
            insert into ec2_instance (account, region, instance_id, hostname, launched_at, addresses) values ($1, $2, $3, $4, $5, $6)
            on conflict (account, region, instance_id) do update
                set hostname = excluded.hostname, launched_at = excluded.launched_at, addresses = excluded.addresses, state = 'running'
            returning id""";

    private static final String SUSPEND =
            "update ec2_instance set suspended_at = now() where account = $1 and region = $2 and instance_id = $3";

    private final SqlConnection connection;

    InstanceRows(SqlConnection connection) {
        this.connection = connection;
    }

    /** Waits for other claims of the instance. */
    Uni<RowSet<Row>> lock(InstanceIdentity identity) {
        return connection.preparedQuery(LOCK).execute(Tuple.of(identity.toString()));
    }

    /** The instance, if it has enrolled before. */
    Uni<Optional<EnrolmentFacts.Instance>> instance(InstanceIdentity identity, CertificateRequest request) {
        Tuple values = key(identity).addValue(Buffer.buffer(request.keyHash()));
        return connection.preparedQuery(INSTANCE).execute(values).map(rows -> {
            for (Row row : rows) {
                return Optional.of(new EnrolmentFacts.Instance(
                        row.getString("hostname"),
                        Optional.ofNullable(row.getBoolean("same_key")),
                        row.getBoolean("suspended"),
                        row.getBoolean("terminated")));
            }
            return Optional.empty();
        });
    }

    /** What others have of the host that the instance claims. */
    Uni<EnrolmentFacts.Claimed> claimed(InstanceIdentity identity, HostName name) {
        return connection
                .preparedQuery(CLAIMED)
                .execute(key(identity).addString(name.text()))
                .map(rows -> rows.iterator().next())
                .map(row -> new EnrolmentFacts.Claimed(row.getBoolean("of_terminated"), row.getBoolean("of_other")));
    }

    /** Records that the instance enrols as this host. {@return its row} */
    Uni<UUID> enrol(InstanceIdentity identity, DescribedInstance described, HostName name) {
        Tuple values = key(identity)
                .addString(name.text())
                .addOffsetDateTime(described.launchedAt().atOffset(ZoneOffset.UTC))
                .addArrayOfString(described.addresses().toArray(String[]::new));
        return connection
                .preparedQuery(READMIT)
                .execute(Tuple.of(name.text()))
                .chain(() -> connection.preparedQuery(EnrolmentRows.ADD_HOST).execute(Tuple.of(name.text())))
                .chain(() -> connection.preparedQuery(ENROL).execute(values))
                .map(rows -> rows.iterator().next().getUUID("id"));
    }

    /** Suspends the instance, which evicts its host. */
    Uni<RowSet<Row>> suspend(InstanceIdentity identity) {
        return connection.preparedQuery(SUSPEND).execute(key(identity));
    }

    private static Tuple key(InstanceIdentity identity) {
        return Tuple.tuple()
                .addString(identity.accountId())
                .addString(identity.region())
                .addString(identity.instanceId());
    }
}
