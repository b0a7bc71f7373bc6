package io.mesosiam.enrol;

import io.mesosiam.enrol.authority.HostName;
import io.mesosiam.enrol.ec2.ClaimedInstances;
import io.mesosiam.enrol.ec2.DescribedInstance;
import io.mesosiam.enrol.ec2.IdentityDocument;
import io.mesosiam.enrol.ec2.InstanceCalls.Answer;
import io.mesosiam.enrol.ec2.InstanceConditions;
import io.mesosiam.enrol.ec2.InstanceIdentity;
import io.mesosiam.enrol.ec2.RegionCertificates;
import io.mesosiam.postgres.OneStatement;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Checks the proof by an instance as far as it doesn't depend on what other requests do at the same time. What needs no call comes
 * first: the signature, the account, the address. Blocks on the network and the database.
 */
final class InstanceProof {
    private static final Duration KNOWN_WITHIN = Duration.ofSeconds(2);

    private static final String KNOWN = """
            select addresses, terminated_at is not null as terminated, clock_timestamp() as now
            from (values (1)) as one
            left join ec2_instance on account = $1 and region = $2 and instance_id = $3""";

    private final Pool pool;
    private final InstanceConditions conditions;
    private final RegionCertificates certificates;
    private final ClaimedInstances instances;

    InstanceProof(
            Pool pool, InstanceConditions conditions, RegionCertificates certificates, ClaimedInstances instances) {
        this.pool = pool;
        this.conditions = conditions;
        this.certificates = certificates;
        this.instances = instances;
    }

    /** The outcome of the checks. */
    sealed interface Finding {
        /** The instance fulfils all conditions. */
        record Proven(InstanceIdentity identity, DescribedInstance described) implements Finding {}

        /** A condition failed. */
        record Failed(Refusal why) implements Finding {}

        /** EC2 or the database doesn't answer. */
        record Unavailable(String reason) implements Finding {}
    }

    Optional<String> certificatesTrouble() {
        return certificates.trouble();
    }

    /** Whether hosts may enrol by an instance at all. */
    boolean isAccepted() {
        return conditions.allowAny();
    }

    /** @param address where the request came from */
    Finding check(IdentityDocument document, HostName name, HostName address) {
        InstanceIdentity identity = document.identity();
        Optional<X509Certificate> certificate = certificates.of(identity.region());
        if (certificate.isEmpty()) {
            return new Finding.Failed(Refusal.DOCUMENT_REGION);
        }
        if (!document.isSignedWith(certificate.get())) {
            return new Finding.Failed(Refusal.DOCUMENT_SIGNATURE);
        }
        Row known = OneStatement.run(
                        pool, KNOWN, Tuple.of(identity.accountId(), identity.region(), identity.instanceId()))
                .await()
                .atMost(KNOWN_WITHIN)
                .iterator()
                .next();
        if (Boolean.TRUE.equals(known.getBoolean("terminated"))) {
            return new Finding.Failed(Refusal.INSTANCE_TERMINATED);
        }
        Set<String> addresses =
                known.getArrayOfStrings("addresses") == null ? Set.of() : Set.of(known.getArrayOfStrings("addresses"));
        Instant now = known.getOffsetDateTime("now").toInstant();
        return InstanceRule.beforeTheCall(conditions, identity, address, addresses)
                .<Finding>map(Finding.Failed::new)
                .orElseGet(() -> described(identity, name, address, now));
    }

    private Finding described(InstanceIdentity identity, HostName name, HostName address, Instant now) {
        return switch (instances.describe(identity)) {
            case Answer.Described(var found) -> {
                DescribedInstance described = found.get(identity.instanceId());
                yield described == null
                        ? new Finding.Failed(Refusal.INSTANCE_UNKNOWN)
                        : InstanceRule.afterTheCall(conditions, identity, described, name, address, now)
                                .<Finding>map(Finding.Failed::new)
                                .orElseGet(() -> new Finding.Proven(identity, described));
            }
            case Answer.Unavailable(String reason, boolean _) -> new Finding.Unavailable(reason);
            case Answer.Implausible(String reason) -> new Finding.Unavailable(reason);
        };
    }
}
