package io.mesosiam.enrol;

import com.github.benmanes.caffeine.cache.Ticker;
import io.mesosiam.enrol.EnrolmentRecord.Requested;
import io.mesosiam.enrol.EnrolmentRows.Proof;
import io.mesosiam.enrol.EnrolmentRule.Decision;
import io.mesosiam.enrol.InstanceProof.Finding;
import io.mesosiam.enrol.authority.CertificateRequest;
import io.mesosiam.enrol.authority.HostName;
import io.mesosiam.enrol.authority.Signer;
import io.mesosiam.enrol.ec2.ClaimedInstances;
import io.mesosiam.enrol.ec2.DescribedInstance;
import io.mesosiam.enrol.ec2.IdentityDocument;
import io.mesosiam.enrol.ec2.InstanceCalls;
import io.mesosiam.enrol.ec2.InstanceConditions;
import io.mesosiam.enrol.ec2.InstanceIdentity;
import io.mesosiam.enrol.ec2.RegionCertificates;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.pgclient.PgException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * Signs certificates of hosts. One transaction reads the facts under the lock of the join token, decides, and records the
 * certificate with its audit event. Times are the database's, so that a controller whose clock is wrong signs no certificate
 * that is not valid yet. Keys compute on threads of their own, not on an event loop.
 */
@Singleton
public final class Enrolment implements AutoCloseable {
    /** Transactions at a time: while they wait for a lock, leases and evictions still have connections to the database. */
    static final int MOST_AT_A_TIME = 4;

    private static final Duration TURN_WITHIN = Duration.ofSeconds(3);
    private static final Duration ANSWER_BY = Duration.ofSeconds(5);

    /** An instance also waits for EC2; its connection ends after 10 s. */
    private static final Duration INSTANCE_ANSWER_BY = Duration.ofSeconds(9);

    private final Pool pool;
    private final HostAuthorities authorities;
    private final EnrolmentRecord record;
    private final Duration lifetime;
    private final InstanceProof instances;
    private final ExecutorService signing = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("enrol-", 0).factory());
    private final Turns turns = new Turns(MOST_AT_A_TIME, TURN_WITHIN, signing);

    @Inject
    public Enrolment(
            Pool pool,
            HostAuthorities authorities,
            EnrolmentRecord record,
            EnrolConfig config,
            InstanceCalls calls,
            InstantSource clock) {
        this.pool = pool;
        this.authorities = authorities;
        this.record = record;
        this.lifetime = config.certificateLifetime();
        this.instances = new InstanceProof(
                pool,
                InstanceConditions.of(config.ec2()),
                new RegionCertificates(config.ec2().certificatesFile(), clock),
                new ClaimedInstances(calls, Ticker.systemTicker(), signing));
    }

    /** The outcome of a request. */
    public sealed interface Outcome {
        /** A certificate was signed and recorded. */
        record Signed(Issued issued) implements Outcome {}

        /** A condition failed. It is recorded; the host must not learn it. */
        record Refused(Refusal why) implements Outcome {}

        /** The request is none; the message names what is wrong. */
        record Malformed(String message) implements Outcome {}

        /** No certificate can be signed now. */
        record Unavailable(String reason) implements Outcome {}
    }

    /**
     * A request with a join token.
     *
     * @param address where it came from
     */
    public Uni<Outcome> enrol(JoinToken token, HostName name, CertificateRequest request, String address) {
        Requested requested = new Requested(name, "join-token", Optional.empty(), address);
        return transaction(requested, connection -> {
            EnrolmentRows rows = new EnrolmentRows(connection);
            return rows.token(token.id()).chain(found -> rows.host(name, request, token.id())
                    .chain(host -> decided(
                            rows,
                            EnrolmentRule.byToken(
                                    HexFormat.of().formatHex(token.hash()), name, request.fault(), found, host),
                            host.now(),
                            name,
                            request,
                            counts -> Uni.createFrom().item(Proof.ofToken(token.id(), counts)))));
        });
    }

    /** Why AWS's certificates of the regions can't be read; empty if they can. */
    public Optional<String> certificatesTrouble() {
        return instances.certificatesTrouble();
    }

    /** Whether hosts may enrol by an instance. */
    public boolean acceptsInstances() {
        return instances.isAccepted();
    }

    /**
     * A request of an EC2 instance. EC2 is asked before the transaction, so that a slow answer holds no lock.
     *
     * @param address where it came from
     */
    public Uni<Outcome> enrol(IdentityDocument document, HostName name, CertificateRequest request, String address) {
        Requested requested = new Requested(name, "ec2", Optional.of(document.identity()), address);
        Optional<HostName> source = HostName.of(address);
        if (source.isEmpty()) {
            // a link-local address, which no instance has for others
            return recorded(requested, new Outcome.Refused(Refusal.INSTANCE_ADDRESS));
        }
        return Uni.createFrom()
                .item(() -> instances.check(document, name, source.get()))
                .runSubscriptionOn(signing)
                .chain(finding -> switch (finding) {
                    case Finding.Proven(InstanceIdentity identity, DescribedInstance described) ->
                        transaction(requested, connection -> proven(connection, identity, described, name, request));
                    case Finding.Failed(Refusal why) -> recorded(requested, new Outcome.Refused(why));
                    case Finding.Unavailable(String reason) -> recorded(requested, new Outcome.Unavailable(reason));
                })
                .ifNoItem()
                .after(INSTANCE_ANSWER_BY)
                .fail()
                .onFailure()
                .recoverWithUni(failure -> recorded(requested, new Outcome.Unavailable(record.failed(failure))));
    }

    private Uni<Outcome> recorded(Requested requested, Outcome outcome) {
        record.outcome(outcome, requested);
        return Uni.createFrom().item(outcome);
    }

    private Uni<Outcome> proven(
            SqlConnection connection,
            InstanceIdentity identity,
            DescribedInstance described,
            HostName name,
            CertificateRequest request) {
        EnrolmentRows rows = new EnrolmentRows(connection);
        InstanceRows instanceRows = new InstanceRows(connection);
        return instanceRows
                .lock(identity)
                .chain(() -> instanceRows.instance(identity, request))
                .chain(instance -> instanceRows.claimed(identity, name).chain(claimed -> rows.host(name, request, null)
                        .chain(host -> {
                            Decision decision =
                                    EnrolmentRule.byInstance(name, request.fault(), instance, claimed, host);
                            return decision instanceof Decision.Suspend(Refusal why)
                                    ? instanceRows.suspend(identity).map(_ -> (Outcome) new Outcome.Refused(why))
                                    : decided(rows, decision, host.now(), name, request, _ -> instanceRows
                                            .enrol(identity, described, name)
                                            .map(Proof::ofInstance));
                        })));
    }

    /**
     * A request over the stream of a host.
     *
     * @param serial of the stream's certificate
     */
    Uni<Outcome> renew(String serial, HostName name, CertificateRequest request, String address) {
        Requested requested = new Requested(name, "rotation", Optional.empty(), address);
        return transaction(requested, connection -> {
            EnrolmentRows rows = new EnrolmentRows(connection);
            return rows.issued(serial).chain(issued -> rows.host(name, request, null)
                    .chain(host -> decided(
                            rows,
                            EnrolmentRule.byCertificate(name, request.fault(), issued, host),
                            host.now(),
                            name,
                            request,
                            _ -> Uni.createFrom()
                                    .item(Proof.ofCertificate(issued.flatMap(EnrolmentFacts.Issued::instance))))));
        });
    }

    private Uni<Outcome> transaction(Requested requested, Function<SqlConnection, Uni<Outcome>> work) {
        return turns.<Outcome>run(
                        () -> decidedInOne(requested, work),
                        () -> new Outcome.Unavailable("too many requests wait for the database"))
                .onFailure(Enrolment::isEvicted)
                .recoverWithItem(new Outcome.Refused(Refusal.HOST_EVICTED))
                .onFailure()
                .recoverWithItem(failure -> new Outcome.Unavailable(record.failed(failure)))
                .invoke(outcome -> record.outcome(outcome, requested));
    }

    private Uni<Outcome> decidedInOne(Requested requested, Function<SqlConnection, Uni<Outcome>> work) {
        return pool.withTransaction(connection -> {
                    EnrolmentRows rows = new EnrolmentRows(connection);
                    return rows.as(record.controllerId(), requested.address())
                            .chain(() -> rows.turn(requested.name()))
                            .chain(() -> work.apply(connection));
                })
                .ifNoItem()
                .after(ANSWER_BY)
                .fail();
    }

    private Uni<Outcome> decided(
            EnrolmentRows rows,
            Decision decision,
            Instant now,
            HostName name,
            CertificateRequest request,
            Function<Boolean, Uni<Proof>> proof) {
        return switch (decision) {
            case Decision.Refuse(Refusal why) -> Uni.createFrom().item(new Outcome.Refused(why));
            case Decision.Suspend(Refusal why) -> Uni.createFrom().item(new Outcome.Refused(why));
            case Decision.Sign(boolean counts) -> {
                Optional<Signer> signer = authorities.signer(now);
                if (signer.isEmpty()) {
                    yield Uni.createFrom()
                            .item(new Outcome.Unavailable(authorities
                                    .trouble()
                                    .orElse("there is no valid intermediate whose key can be opened")));
                }
                yield Uni.createFrom()
                        .item(() ->
                                new Issued(signer.get().sign(request.key(), name, now, lifetime), authorities.roots()))
                        .runSubscriptionOn(signing)
                        .chain(issued -> proof.apply(counts).chain(proven -> rows.add(issued, name, request, proven)))
                        .map(Outcome.Signed::new);
            }
        };
    }

    /** An eviction was committed after the facts were read. */
    private static boolean isEvicted(Throwable failure) {
        return failure instanceof PgException refused
                && "host_certificate_of_evicted_host".equals(refused.getConstraint());
    }

    @Override
    public void close() {
        signing.shutdownNow();
    }
}
