package io.mesosiam.revoke;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.policy.IamRole;
import io.mesosiam.sandbox.sts.Fault;
import io.mesosiam.sandbox.sts.SandboxSts;
import io.mesosiam.sandbox.sts.StsCall;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/** Rows of denied sessions become inline policies of their roles, and are removed again. */
@Timeout(300)
class SessionDenialsTest {
    private static final String ROLE = "arn:aws:iam::123456789012:role/data/reporting";
    private static final String REVOKER = "arn:aws:iam::123456789012:role/mesos-iam-revoker";

    private final TestDatabase db = TestPostgres.database();
    private SandboxSts aws;

    @BeforeEach
    void start() throws IOException {
        aws = SandboxSts.start(0, InstantSource.system());
        db.execute("insert into withdrawal (framework_id, reason) values ('F', 'leaked')");
    }

    @AfterEach
    void stop() {
        aws.close();
        db.close();
    }

    @Test
    void sessionsAreDeniedByTheirNamesUntilTheyHaveExpired() {
        request("session_names", "'{job-7@f,job-8@f}'", "1 hour");

        controller().run();

        assertThat(aws.inlinePolicies("reporting")).hasSize(1).allSatisfy((name, document) -> {
            assertThat(name).isEqualTo("mesos-iam-revoked-" + one("select id from session_denial"));
            assertThat(document)
                    .isEqualTo(
                            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\","
                                    + "\"Resource\":\"*\",\"Condition\":{\"StringLike\":{\"aws:userid\":[\"*:job-7@f\",\"*:job-8@f\"]}}}]}");
        });
        assertThat(aws.assumptions())
                .extracting(call -> call.parameter("RoleArn"))
                .containsOnly(Optional.of(REVOKER));
        controller().run();
        assertThat(aws.inlinePolicies("reporting")).hasSize(1);

        db.execute("update session_denial set remove_after = now()");
        controller().run();

        assertThat(aws.inlinePolicies("reporting")).isEmpty();
        assertThat(
                        db.query(
                                "select concat_ws(' ', kind, actor, detail ->> 'requestedBy') from audit_event"
                                        + " join withdrawal on object = 'withdrawal:' || withdrawal.id"
                                        + " join session_denial on session_denial.id::text = detail ->> 'denialId' order by audit_event.id"))
                .containsExactly(
                        "session.denial-requested database:postgres",
                        "session.denied c-1 postgres",
                        "session.denial-removed c-1 postgres");
        assertThat(one("select removed_at is not null from session_denial")).isEqualTo("t");
    }

    @Test
    void denialThatNoControllerWorksOnIsReportedByOneWithoutTheRoleForIt() {
        DenialTable table = new DenialTable(db.pool(), "c-1");
        request("session_names", "'{job-7@f}'", "1 hour");
        assertThat(table.left().trouble()).isEmpty();

        db.execute("update session_denial set requested_at = now() - interval '2 minutes'");
        assertThat(table.left().trouble()).hasValueSatisfying(trouble -> assertThat(trouble)
                .contains("1 of 1 denials", "mesos-iam.revoke.role-name is not set"));

        db.execute("update session_denial set applied_at = now()");
        assertThat(table.left().trouble()).isEmpty();
        db.execute("update session_denial set remove_after = now() - interval '2 minutes'");
        assertThat(table.left().failing()).isEqualTo(1);
    }

    @Test
    void allSessionsOfARoleAreDeniedByTheTimeOfTheirIssue() {
        request("issued_before", "now()", "12 hours");
        db.execute("update session_denial set issued_before = '2026-01-02 03:04:05.678+00'");

        controller().run();

        assertThat(aws.inlinePolicies("reporting").values())
                .singleElement()
                .asString()
                .contains("\"Condition\":{\"DateLessThan\":{\"aws:TokenIssueTime\":\"2026-01-02T03:04:05.678Z\"}}");
    }

    /** Sessions of the same name that are issued later are not denied: of the task after a lift, or of another launch. */
    @Test
    void sessionsOfANameAreDeniedUpToATime() {
        request("issued_before, session_names", "now(), '{job-7@f}'", "1 hour");
        db.execute("update session_denial set issued_before = '2026-01-02 03:04:05.678+00'");

        controller().run();

        assertThat(aws.inlinePolicies("reporting").values())
                .singleElement()
                .asString()
                .contains("\"Condition\":{\"StringLike\":{\"aws:userid\":[\"*:job-7@f\"]},"
                        + "\"DateLessThan\":{\"aws:TokenIssueTime\":\"2026-01-02T03:04:05.678Z\"}}");
    }

    @Test
    void severalControllersDoItOnce() throws Exception {
        request("session_names", "'{job-7@f}'", "1 hour");

        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> runs = IntStream.range(0, 4)
                    .<Future<?>>mapToObj(_ -> threads.submit(() -> controller().run()))
                    .toList();
            for (Future<?> run : runs) {
                run.get();
            }
        }

        assertThat(aws.calls())
                .filteredOn(call -> call.action().equals("PutRolePolicy"))
                .hasSize(1);
    }

    @Test
    void refusalOfAwsIsRecordedAndTriedAgainLater() {
        request("session_names", "'{job-7@f}'", "1 hour");
        aws.fault(Fault.ACCESS_DENIED);

        assertThat(controller().run().trouble()).hasValueSatisfying(trouble -> assertThat(trouble)
                .startsWith("1 of 1 denials of revoked sessions can't be attached or removed at AWS: ")
                .contains("is not authorized to perform: sts:AssumeRole"));

        assertThat(one("select last_error from session_denial"))
                .contains("is not authorized to perform: sts:AssumeRole");
        assertThat(one("select retry_at > now() and applied_at is null from session_denial"))
                .isEqualTo("t");
        aws.fault(Fault.NONE);
        db.execute("update session_denial set retry_at = now()");

        assertThat(controller().run()).isEqualTo(new DenialStatus(1, 0, Optional.empty()));

        assertThat(aws.inlinePolicies("reporting")).hasSize(1);
        assertThat(one("select last_error is null from session_denial")).isEqualTo("t");
    }

    /** As while IAM hangs: each row is due again when the others have been tried. */
    @Test
    void failureIsReportedAlthoughRowsAreAlwaysDue() {
        request("session_names", "'{job-7@f}'", "1 hour");
        request("session_names", "'{job-8@f}'", "1 hour");
        List<DenialStatus> reported = new ArrayList<>();
        AtomicInteger calls = new AtomicInteger();
        InlinePolicies hanging = new InlinePolicies() {
            @Override
            public void put(IamRole role, String name, String document) {
                if (calls.incrementAndGet() > 2) {
                    throw new AssertionError("both rows have failed");
                }
                db.execute("update session_denial set retry_at = now() - interval '1 second'");
                throw new IllegalStateException("no answer within PT10S");
            }

            @Override
            public void delete(IamRole role, String name) {
                throw new UnsupportedOperationException();
            }
        };

        assertThatThrownBy(new DenialWork(new DenialTable(db.pool(), "c-1"), hanging, reported::add)::run)
                .hasMessage("both rows have failed");

        assertThat(reported).extracting(DenialStatus::failing).containsExactly(1L, 2L);
    }

    /** As after a controller that ended between AWS's answer and the row's update. */
    @Test
    void claimedRowWithoutAResultIsRepeatedAfterAMinute() {
        request("session_names", "'{job-7@f}'", "1 hour");
        assertThat(new DenialTable(db.pool(), "c-1").claim()).isPresent();

        controller().run();
        assertThat(aws.inlinePolicies("reporting")).isEmpty();

        db.execute("update session_denial set retry_at = retry_at - interval '1 minute'");
        controller().run();
        assertThat(aws.inlinePolicies("reporting")).hasSize(1);
    }

    @Test
    void policyThatAnOperatorHasRemovedCountsAsRemoved() {
        request("session_names", "'{job-7@f}'", "0 hours");

        controller().run();

        assertThat(one("select removed_at is not null from session_denial")).isEqualTo("t");
        assertThat(aws.calls()).extracting(StsCall::action).contains("DeleteRolePolicy");
    }

    private void request(String column, String value, String length) {
        db.execute("insert into session_denial (withdrawal_id, iam_role_arn, %s, remove_after)".formatted(column)
                + " select id, '%s', %s, now() + interval '%s' from withdrawal".formatted(ROLE, value, length));
    }

    private DenialWork controller() {
        IamCalls calls = new IamCalls(
                "mesos-iam-revoker",
                Optional.of(aws.uri()),
                Duration.ofSeconds(10),
                Optional.of(aws.uri()),
                Optional.of(Region.EU_WEST_1),
                StaticCredentialsProvider.create(AwsBasicCredentials.create(
                        SandboxSts.controllerAccessKeyId(), SandboxSts.controllerSecretAccessKey())));
        return new DenialWork(new DenialTable(db.pool(), "c-1"), calls, _ -> {});
    }

    private String one(String sql) {
        return db.query(sql).getFirst();
    }
}
