package io.mesosiam.enrol;

import io.mesosiam.enrol.Enrolment.Outcome;
import io.mesosiam.enrol.authority.HostName;
import io.mesosiam.enrol.ec2.InstanceIdentity;
import io.mesosiam.loglimit.LineBudget;
import io.mesosiam.loglimit.RepeatedLines;
import io.mesosiam.ownership.ControllerId;
import io.mesosiam.postgres.OneStatement;
import io.mesosiam.postgres.PlainReason;
import io.mesosiam.postgres.WriteFailure;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Records the outcomes of enrolments: a line in the log, a metric, and for a refusal an audit event. The audit event of a
 * signature is the database's. Equal refusals are recorded once a minute, and all together {@value #MOST} a minute, so that a
 * flood fills neither log nor audit trail.
 */
@Singleton
public final class EnrolmentRecord {
    private static final Logger LOG = Logger.getLogger(EnrolmentRecord.class);
    private static final Duration PERIOD = Duration.ofMinutes(1);
    static final int MOST = 120;
    private static final String OUTCOMES = "mesosiam.enrol.outcomes";
    private static final String SUSPENDED = "mesosiam.enrol.suspended";

    private static final String AUDIT =
            "insert into audit_event (reported_at, kind, actor, source_address, object, message, detail)"
                    + " values ($1, 'enrolment.refused', $2, $3, $4, $5, $6)";

    private final Pool pool;
    private final String controllerId;
    private final InstantSource clock;
    private final MeterRegistry meters;
    private final RepeatedLines repeated = new RepeatedLines(PERIOD);
    private final LineBudget budget = new LineBudget(MOST, PERIOD);

    @Inject
    public EnrolmentRecord(
            Pool pool,
            @ConfigProperty(name = "mesos-iam.channel.controller-id") Optional<String> controllerId,
            InstantSource clock,
            MeterRegistry meters) {
        this.pool = pool;
        this.controllerId = ControllerId.of(controllerId).value();
        this.clock = clock;
        this.meters = meters;
        Counter.builder(SUSPENDED)
                .description("Claims of instances that had enrolled with another key: their hosts are evicted")
                .register(meters);
        Stream.of("signed", "refused", "unavailable", "malformed", "limited")
                .forEach(outcome -> Counter.builder(OUTCOMES)
                        .description("Requests of hosts for certificates, by outcome")
                        .tag("outcome", outcome)
                        .register(meters));
    }

    /**
     * What was requested.
     *
     * @param instance that the request names, whether it is proven or not
     */
    record Requested(HostName name, String proof, Optional<InstanceIdentity> instance, String address) {
        String instanceText() {
            return instance.map(InstanceIdentity::toString).orElse("-");
        }
    }

    String controllerId() {
        return controllerId;
    }

    /** Counts a request that was not read completely: malformed, or one too many. */
    public void unread(String outcome) {
        count(outcome);
    }

    void outcome(Outcome outcome, Requested requested) {
        switch (outcome) {
            case Outcome.Signed(Issued issued) -> {
                count("signed");
                LOG.infof(
                        "host certificate signed hostname=%s proof=%s instance=%s serial=%s until=%s address=%s",
                        requested.name(),
                        requested.proof(),
                        requested.instanceText(),
                        EvictedHosts.serial(issued.leaf()),
                        issued.leaf().getNotAfter().toInstant(),
                        requested.address());
            }
            case Outcome.Refused(Refusal why) -> {
                count("refused");
                if (why == Refusal.INSTANCE_OTHER_KEY) {
                    meters.counter(SUSPENDED).increment();
                }
                repeated.due(requested.address() + " " + requested.name() + " " + why, clock.instant())
                        .ifPresent(times -> budget.take(clock.instant())
                                .ifPresent(leftOut -> refused(why, requested, times, leftOut)));
            }
            case Outcome.Malformed _ -> count("malformed");
            case Outcome.Unavailable(String reason) -> {
                count("unavailable");
                repeated.due("unavailable", clock.instant())
                        .ifPresent(times -> LOG.warnf(
                                "host certificate not signed reason=\"%s\" hostname=%s address=%s repeated=%d",
                                reason, requested.name(), requested.address(), times));
            }
        }
    }

    /** The reason of a failed transaction, for operators. */
    String failed(Throwable failure) {
        LOG.debug("enrolment failed", failure);
        return WriteFailure.of(failure).text() + " (" + PlainReason.of(failure) + ")";
    }

    private void refused(Refusal why, Requested requested, long times, long leftOut) {
        HostName name = requested.name();
        String condition = why.name().toLowerCase(Locale.ROOT).replace('_', '-');
        LOG.warnf(
                "host certificate refused hostname=%s proof=%s instance=%s condition=%s reason=\"%s\" address=%s repeated=%d leftOut=%d",
                name,
                requested.proof(),
                requested.instanceText(),
                condition,
                why.text(),
                requested.address(),
                times,
                leftOut);
        JsonObject detail = new JsonObject()
                .put("condition", condition)
                .put("proof", requested.proof())
                .put("address", requested.address())
                .put("repeated", times);
        requested.instance().ifPresent(instance -> detail.put("instance", instance.toString()));
        Tuple values = Tuple.tuple()
                .addOffsetDateTime(clock.instant().atOffset(ZoneOffset.UTC))
                .addString(controllerId)
                .addString(requested.address())
                .addString("host:" + name)
                .addString("host " + name + ": no certificate: " + why.text())
                .addValue(detail);
        OneStatement.run(pool, AUDIT, values)
                .subscribe()
                .with(
                        _ -> {},
                        failure -> LOG.warnf(
                                "refusal not audited hostname=%s reason=\"%s\"", name, PlainReason.of(failure)));
    }

    private void count(String outcome) {
        meters.counter(OUTCOMES, "outcome", outcome).increment();
    }
}
