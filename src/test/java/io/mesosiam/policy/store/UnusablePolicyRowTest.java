package io.mesosiam.policy.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.Subjects;
import io.mesosiam.policy.UnusableRow.RejectedRow;
import io.mesosiam.policy.UnusableRow.RejectedRow.Consequence;
import io.mesosiam.policy.Verdict;
import io.mesosiam.postgres.SessionPool;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The effects of rows that can't be used. The table rejects such rows, but a later version of it, or a table restored
 * from elsewhere, may not. Every task is allowed a role unless a row denies it.
 */
@Timeout(300)
class UnusablePolicyRowTest {
    private static final String ARN = "arn:aws:iam::123456789012:role/web";
    private static final String OF_ANOTHER = "external_id: the database generates it for another policy";
    private static final CredentialName LOGS = new CredentialName("logs");

    private final TestDatabase db = TestPostgres.database();
    private final PolicyTable table = new PolicyTable(
            db.pool(),
            new SessionPool(db.pool()),
            new TestPolicyConfig(Duration.ofMillis(50)),
            new Random(1),
            Optional.of("mesos-iam-revoker"));

    @BeforeEach
    void allowEveryTask() {
        db.execute("insert into policy (name, effect, iam_role_arn, match_all) values ('all', 'allow', '" + ARN
                + "', true)");
        db.execute("insert into policy (name, effect, credential_name, iam_role_arn, match_all)"
                + " values ('all-logs', 'allow', 'logs', '" + ARN + "', true)");
        for (String constraint : new String[] {
            "policy_task_name_form",
            "policy_effect_known",
            "policy_credential_name_form",
            "policy_labels_shape",
            "policy_iam_role_arn_form",
            "policy_sharing_known",
            "policy_without_selector_needs_match_all"
        }) {
            db.execute("alter table policy drop constraint " + constraint);
        }
    }

    /** Its session may change the roles of tasks. */
    @ParameterizedTest
    @ValueSource(strings = {"mesos-iam-revoker", "a/path/mesos-iam-revoker", "Mesos-IAM-Revoker"})
    void roleThatDeniesSessionsIsGivenToNoTask(String role) {
        db.execute("insert into policy (name, effect, priority, iam_role_arn, match_all, default_tags) values"
                + " ('revoker', 'allow', 9, 'arn:aws:iam::210987654321:role/" + role + "', true, false)");
        start();

        assertThat(decision(Subjects.web(), CredentialName.DEFAULT))
                .isInstanceOfSatisfying(Decision.Allowed.class, allowed -> assertThat(allowed.summary())
                        .isEqualTo("policy all allows it"));
        assertThat(rejected())
                .isEqualTo(new Rejected(
                        "iam_role_arn: it is the role of mesos-iam.revoke.role-name, which may change the roles of tasks",
                        Consequence.NONE));
    }

    @Test
    void roleWhoseNameContainsThatOfTheRoleThatDeniesSessionsIsGiven() {
        db.execute("update policy set iam_role_arn = 'arn:aws:iam::210987654321:role/mesos-iam-revoker-2'");
        start();

        assertThat(table.current().rejected()).isEmpty();
    }

    /** The owner of the IAM role admits the policy for which the external id was generated. */
    @Test
    void externalIdThatIsGeneratedForAnotherPolicyIsNotUsed() {
        String insert =
                "insert into policy (name, effect, iam_role_arn, match_all, external_id) values ('%s', 'allow', '" + ARN
                        + "', true, %s)";
        db.execute("update policy set unique_external_id = true where name = 'all'");
        db.execute(insert.formatted("copied", "(select external_id from policy where name = 'all')"));
        db.execute(insert.formatted("of-a-region", "'us-gov-west-1/a.b/' || gen_random_uuid()"));
        db.execute(insert.formatted("of-a-partner", "'partner/x/' || gen_random_uuid()"));
        db.execute("update policy set unique_external_id = true where name = 'all-logs'");
        db.execute("update policy set unique_external_id = false where name = 'all-logs'");

        table.start(_ -> {});

        assertThat(table.current().rejected())
                .extracting(RejectedRow::name, RejectedRow::reason, RejectedRow::consequence)
                .containsExactlyInAnyOrder(
                        tuple("copied", OF_ANOTHER, Consequence.NONE),
                        tuple("of-a-region", OF_ANOTHER, Consequence.NONE));
    }

    @AfterEach
    void close() {
        table.close();
        db.close();
    }

    @Test
    void denyWithAnUnreadableColumnDeniesWhatItsOtherColumnsSelect() {
        db.execute("insert into policy (name, effect, framework_principal, task_name)"
                + " values ('stop', 'deny', 'svc-web', '')");
        start();

        assertThat(decision(Subjects.web(), CredentialName.DEFAULT))
                .isInstanceOfSatisfying(Decision.Denied.class, denied -> assertThat(denied.verdicts())
                        .extracting(Verdict::policyName, Verdict::why)
                        .contains(tuple("stop", "can't be evaluated, which counts as matching for a deny: task name")));
        assertThat(decision(Subjects.bare(), CredentialName.DEFAULT)).isInstanceOf(Decision.Allowed.class);
        assertThat(rejected()).isEqualTo(new Rejected("task_name: pattern must not be empty", Consequence.DENIES));
        assertThat(table.trouble())
                .contains("1 rows of the policy table can't be used. What that does: stop denies every task that it may"
                        + " concern, because it can't be read (task_name: pattern must not be empty)");
    }

    @Test
    void labelsThatCannotBeReadCountAsMatchingForADeny() {
        db.execute("insert into policy (name, effect, framework_principal, labels)"
                + " values ('stop', 'deny', 'svc-web', '{\"team\": \"data\"}')");
        start();

        assertThat(decision(Subjects.web(), CredentialName.DEFAULT)).isInstanceOf(Decision.Denied.class);
        assertThat(decision(Subjects.bare(), CredentialName.DEFAULT)).isInstanceOf(Decision.Allowed.class);
        assertThat(rejected().reason()).startsWith("labels: ");
    }

    @Test
    void denyWhoseCredentialNameCannotBeReadCoversEveryName() {
        db.execute("insert into policy (name, effect, framework_principal, credential_name)"
                + " values ('stop', 'deny', 'svc-web', 'No Name')");
        start();

        assertThat(decision(Subjects.web(), CredentialName.DEFAULT)).isInstanceOf(Decision.Denied.class);
        assertThat(decision(Subjects.web(), LOGS)).isInstanceOf(Decision.Denied.class);
        assertThat(decision(Subjects.bare(), LOGS)).isInstanceOf(Decision.Allowed.class);
        assertThat(rejected().reason()).startsWith("credential_name: ");
    }

    @Test
    void unreadableDenyForOneCredentialNameLeavesOtherNamesAlone() {
        db.execute("insert into policy (name, effect, framework_principal, task_name, credential_name)"
                + " values ('stop', 'deny', 'svc-web', '', 'logs')");
        start();

        assertThat(decision(Subjects.web(), LOGS)).isInstanceOf(Decision.Denied.class);
        assertThat(decision(Subjects.web(), CredentialName.DEFAULT)).isInstanceOf(Decision.Allowed.class);
    }

    /** A task without a lease gets none, and an existing lease is kept. */
    @Test
    void denyOfWhichNoSelectorCanBeReadGivesNothingNewAndEndsNoLease() {
        db.execute("insert into policy (name, effect, task_name) values ('stop', 'deny', '')");
        start();

        assertThat(decision(Subjects.web(), CredentialName.DEFAULT)).isInstanceOf(Decision.Narrowed.class);
        assertThat(decision(Subjects.bare(), LOGS)).isInstanceOf(Decision.Narrowed.class);
        assertThat(decision(Subjects.web(), CredentialName.DEFAULT))
                .isInstanceOfSatisfying(Decision.Narrowed.class, narrowed -> assertThat(
                                narrowed.standing().values())
                        .singleElement()
                        .extracting(gift -> gift.role().arn())
                        .isEqualTo(ARN));
        assertThat(rejected().consequence()).isEqualTo(Consequence.HOLDS_BACK);
        assertThat(table.trouble()).hasValueSatisfying(trouble -> assertThat(trouble)
                .endsWith("stop may be a deny, so no task that it may concern gets anything new"
                        + " (task_name: pattern must not be empty)"));
    }

    @Test
    void denyWithoutSelectorsAndMatchAllGivesNothingNewAndEndsNoLease() {
        db.execute("insert into policy (name, effect) values ('stop', 'deny')");
        start();

        assertThat(decision(Subjects.web(), CredentialName.DEFAULT)).isInstanceOf(Decision.Narrowed.class);
        assertThat(rejected())
                .isEqualTo(new Rejected("match_all: a policy without selectors needs it", Consequence.HOLDS_BACK));
    }

    @Test
    void rowWithAnUnknownEffectGivesTheTasksThatItSelectsNothingNew() {
        db.execute("insert into policy (name, effect, framework_principal) values ('later', 'suspend', 'svc-web')");
        start();

        assertThat(decision(Subjects.web(), CredentialName.DEFAULT)).isInstanceOf(Decision.Pending.class);
        assertThat(decision(Subjects.bare(), CredentialName.DEFAULT)).isInstanceOf(Decision.Allowed.class);
        assertThat(table.current().rejected()).singleElement().satisfies(row -> {
            assertThat(row.effect()).isEmpty();
            assertThat(row.reason()).isEqualTo("effect: 'suspend' is not known");
        });
        assertThat(table.current().policies()).extracting(Policy::name).containsExactly("all", "all-logs");
    }

    @Test
    void disabledRowThatCannotBeReadDeniesNothing() {
        db.execute("insert into policy (name, effect, enabled, framework_principal, task_name)"
                + " values ('stop', 'deny', false, 'svc-web', '')");
        start();

        assertThat(decision(Subjects.web(), CredentialName.DEFAULT)).isInstanceOf(Decision.Allowed.class);
        assertThat(rejected().consequence()).isEqualTo(Consequence.NONE);
        assertThat(table.trouble()).contains("1 rows of the policy table can't be used");
    }

    @Test
    void allowThatCannotBeReadGivesNothingAndNamesItsColumn() {
        db.execute("insert into policy (name, effect, priority, iam_role_arn, framework_principal, sharing)"
                + " values ('bad', 'allow', 9, '" + ARN + "', 'svc-web', 'everybody')");
        start();

        assertThat(decision(Subjects.web(), CredentialName.DEFAULT))
                .isInstanceOfSatisfying(Decision.Allowed.class, allowed -> assertThat(allowed.summary())
                        .isEqualTo("policy all allows it"));
        assertThat(rejected()).isEqualTo(new Rejected("sharing: 'everybody' is not known", Consequence.NONE));
    }

    @Test
    void denyIsReadAgainAfterItsRowIsRepaired() throws InterruptedException {
        db.execute("insert into policy (name, effect, task_name) values ('stop', 'deny', '')");
        start();
        db.execute("update policy set task_name = 'job' where name = 'stop'");

        while (!table.current().rejected().isEmpty()) {
            LockSupport.parkNanos(1_000_000);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }

        assertThat(decision(Subjects.web(), CredentialName.DEFAULT)).isInstanceOf(Decision.Allowed.class);
        assertThat(decision(Subjects.bare(), CredentialName.DEFAULT)).isInstanceOf(Decision.Denied.class);
    }

    @Test
    void unreadableTrustIsIgnoredAndDoesNotAffectPolicies() {
        db.execute("alter table attribute_trust drop constraint attribute_trust_attribute_known");
        db.execute("insert into attribute_trust (framework_principal, attribute) values ('svc-web', 'mood')");
        start();

        assertThat(decision(Subjects.web(), CredentialName.DEFAULT)).isInstanceOf(Decision.Allowed.class);
    }

    private void start() {
        table.start(_ -> {});
    }

    private Decision decision(Subject subject, CredentialName name) {
        return Optional.ofNullable(table.current().decide(subject).get(name)).orElseThrow();
    }

    private Rejected rejected() {
        assertThat(table.current().rejected()).hasSize(1);
        RejectedRow row = table.current().rejected().getFirst();
        return new Rejected(row.reason(), row.consequence());
    }

    private record Rejected(String reason, Consequence consequence) {}
}
