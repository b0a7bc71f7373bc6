package io.mesosiam.enrol;

import io.mesosiam.enrol.EnrolmentRule.Decision;
import io.mesosiam.enrol.authority.CertificateRequest;
import io.mesosiam.enrol.authority.HostName;
import io.mesosiam.enrol.authority.Signer;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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

    private final Pool pool;
    private final HostAuthorities authorities;
    private final EnrolmentRecord record;
    private final Duration lifetime;
    private final Semaphore turns = new Semaphore(MOST_AT_A_TIME, true);
    private final ExecutorService signing = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("enrol-", 0).factory());

    @Inject
    public Enrolment(Pool pool, HostAuthorities authorities, EnrolmentRecord record, EnrolConfig config) {
        this.pool = pool;
        this.authorities = authorities;
        this.record = record;
        this.lifetime = config.certificateLifetime();
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
        return transaction(name, address, "join-token", rows -> rows.token(token.id())
                .chain(found -> rows.host(name, request, token.id())
                        .chain(host -> decided(
                                rows,
                                EnrolmentRule.byToken(
                                        HexFormat.of().formatHex(token.hash()), name, request.fault(), found, host),
                                host.now(),
                                name,
                                request,
                                token.id()))));
    }

    /**
     * A request over the stream of a host.
     *
     * @param serial of the stream's certificate
     */
    Uni<Outcome> renew(String serial, HostName name, CertificateRequest request, String address) {
        return transaction(
                name, address, "rotation", rows -> rows.issued(serial).chain(issued -> rows.host(name, request, null)
                        .chain(host -> decided(
                                rows,
                                EnrolmentRule.byCertificate(name, request.fault(), issued, host),
                                host.now(),
                                name,
                                request,
                                null))));
    }

    private Uni<Outcome> transaction(
            HostName name, String address, String proof, Function<EnrolmentRows, Uni<Outcome>> work) {
        return Uni.createFrom()
                .item(this::takeTurn)
                .runSubscriptionOn(signing)
                .chain(taken -> taken
                        ? Uni.createFrom()
                                .deferred(() -> decidedInOne(name, address, work))
                                .onTermination()
                                .invoke(() -> turns.release())
                        : Uni.createFrom().item(new Outcome.Unavailable("too many requests wait for the database")))
                .onFailure(Enrolment::isEvicted)
                .recoverWithItem(new Outcome.Refused(Refusal.HOST_EVICTED))
                .onFailure()
                .recoverWithItem(failure -> new Outcome.Unavailable(record.failed(failure)))
                .invoke(outcome -> record.outcome(outcome, name, proof, address));
    }

    private boolean takeTurn() {
        try {
            return turns.tryAcquire(TURN_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("the controller stops", e);
        }
    }

    private Uni<Outcome> decidedInOne(HostName name, String address, Function<EnrolmentRows, Uni<Outcome>> work) {
        return pool.withTransaction(connection -> {
                    EnrolmentRows rows = new EnrolmentRows(connection);
                    return rows.as(record.controllerId(), address)
                            .chain(() -> rows.turn(name))
                            .chain(() -> work.apply(rows));
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
            @Nullable UUID token) {
        return switch (decision) {
            case Decision.Refuse(Refusal why) -> Uni.createFrom().item(new Outcome.Refused(why));
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
                        .chain(issued -> rows.add(issued, name, request, token, counts))
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
