package io.mesosiam.exposure;

import io.mesosiam.channel.wire.AgentMessage.RolesTried;
import io.mesosiam.loglimit.RepeatedLines;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.IamRole;
import io.mesosiam.postgres.OneStatement;
import io.mesosiam.postgres.PlainReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import org.jboss.logging.Logger;

/** Records what hosts answer: a metric for each role that was tried; a warning and an audit event for each that a host's role can assume. */
final class TrialRecord {
    private static final Logger LOG = Logger.getLogger(TrialRecord.class);
    private static final String TRIES = "mesosiam.exposure.tries";

    private static final String AUDIT =
            "insert into audit_event (reported_at, kind, actor, mesos_agent_id, iam_role_arn, object, message, detail)"
                    + " values ($1, 'host.role-assumable', $2, $3, $4, $5, $6, $7)";

    private final Pool pool;
    private final String controllerId;
    private final InstantSource clock;
    private final MeterRegistry meters;
    private final RepeatedLines lines = new RepeatedLines(Duration.ofMinutes(1));

    TrialRecord(Pool pool, String controllerId, InstantSource clock, MeterRegistry meters) {
        this.pool = pool;
        this.controllerId = controllerId;
        this.clock = clock;
        this.meters = meters;
        List.of("assumable", "refused", "untried").forEach(outcome -> Counter.builder(TRIES)
                .description("Roles of policies that hosts have tried as their own role, by outcome")
                .tag("outcome", outcome)
                .register(meters));
    }

    /** @param hosts how many hosts that are connected here have the role */
    void answered(TrialBatch batch, RolesTried answer, TrialPlan.Change change, long hosts) {
        count("assumable", answer.assumable().size());
        count("refused", answer.refused());
        count("untried", answer.untried().size());
        answer.untried().stream().findFirst().ifPresent(first -> lines.due("untried " + first.code(), clock.instant())
                .ifPresent(repeated -> LOG.infof(
                        "roles not tried as a host's role hostRole=%s mesosAgentId=%s roles=%d reason=\"%s\" repeated=%d",
                        batch.as(), batch.host(), answer.untried().size(), first.message(), repeated)));
        change.nowAssumable().forEach(role -> assumable(batch, role, hosts));
        change.nowRefused()
                .forEach(role -> LOG.infof(
                        "host's role can't assume a role of a policy any more hostRole=%s iamRoleArn=%s mesosAgentId=%s",
                        batch.as(), role, batch.host()));
    }

    private void assumable(TrialBatch batch, IamRole role, long hosts) {
        LOG.warnf(
                "host's role can assume a role of a policy hostRole=%s iamRoleArn=%s mesosAgentId=%s hosts=%d",
                batch.as(), role, batch.host(), hosts);
        Tuple values = Tuple.tuple()
                .addOffsetDateTime(clock.instant().atOffset(ZoneOffset.UTC))
                .addString(controllerId)
                .addString(batch.host().value())
                .addString(role.arn())
                .addString("host-role:" + batch.as())
                .addString("the role " + batch.as().name() + " of account "
                        + batch.as().account() + ", which hosts have, can assume " + role + ": " + batch.host()
                        + " has tried it")
                .addValue(new JsonObject()
                        .put("account", batch.as().account())
                        .put("name", batch.as().name())
                        .put("hosts", hosts));
        OneStatement.run(pool, AUDIT, values)
                .subscribe()
                .with(
                        _ -> {},
                        failure -> LOG.warnf(
                                "assumable role not audited iamRoleArn=%s reason=\"%s\"",
                                role, PlainReason.of(failure)));
    }

    void unanswered(TrialBatch batch, String reason) {
        lines.due("unanswered", clock.instant())
                .ifPresent(repeated -> LOG.warnf(
                        "host has not tried roles mesosAgentId=%s hostRole=%s reason=\"%s\" repeated=%d",
                        batch.host(), batch.as(), reason, repeated));
    }

    void unasked(MesosAgentId host) {
        lines.due("unasked " + host, clock.instant())
                .ifPresent(repeated -> LOG.warnf(
                        "answer ignored, the host was not to try roles mesosAgentId=%s repeated=%d", host, repeated));
    }

    private void count(String outcome, int times) {
        meters.counter(TRIES, "outcome", outcome).increment(times);
    }
}
