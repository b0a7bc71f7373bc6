package io.mesosiam.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each withdrawal has one audit event of its creation: a controller's own, or the trigger's. */
class WithdrawalAuditTest {
    private static final TestDatabase DB = TestPostgres.database();
    private static final String ROW = """
            insert into withdrawal (framework_id, task_id, mesos_agent_id, launch_sequence, credential_name, reason)
            values ('F', 'T', 'S', 1, 'default', 'its time to live ended');""";
    private static final String EVENT = """
            insert into audit_event (kind, actor, framework_id, task_id, mesos_agent_id, launch_sequence, credential_name, message)
            values ('%s', 'controller-1', 'F', '%s', 'S', %d, 'default', 'its time to live ended');""";

    @BeforeEach
    void empty() {
        DB.execute("delete from withdrawal");
        DB.execute("alter table audit_event disable trigger user");
        DB.execute("delete from audit_event");
        DB.execute("alter table audit_event enable trigger user");
    }

    @AfterAll
    static void drop() {
        DB.close();
    }

    @Test
    void aWithdrawalOfAControllerHasTheControllersEventAlone() {
        DB.execute(ROW + EVENT.formatted("lease.withdrawn", "T", 1));

        assertThat(kinds()).containsExactly("lease.withdrawn");
    }

    @Test
    void aWithdrawalWithoutAnEventOfExactlyThisIsAudited() {
        DB.execute(EVENT.formatted("lease.withdrawn", "T", 1));
        DB.execute(ROW + EVENT.formatted("lease.withdrawn", "T", 2) + EVENT.formatted("lease.reaped", "T", 1));

        assertThat(kinds()).contains("withdrawal.created");
    }

    /** What an operator withdraws covers more than one launch, or what one policy gives. */
    @Test
    void aBroaderWithdrawalIsAuditedBesideAControllersEvent() {
        DB.execute(EVENT.formatted("lease.withdrawn", "T", 1)
                + "insert into withdrawal (framework_id, task_id, reason) values ('F', 'T', 'leaked');");
        DB.execute(EVENT.formatted("lease.withdrawn", "T", 1)
                + ROW.replace("reason)", "reason, iam_role_arn)")
                        .replace("ended')", "ended', 'arn:aws:iam::123456789012:role/r')"));

        assertThat(kinds()).filteredOn("withdrawal.created"::equals).hasSize(2);
    }

    @Test
    void liftingAWithdrawalIsAudited() {
        DB.execute(ROW + EVENT.formatted("lease.withdrawn", "T", 1));
        DB.execute("update withdrawal set reason = 'its time to live has ended'");
        DB.execute("update withdrawal set lifted_at = now(), reason = 'over'");
        DB.execute("update withdrawal set reason = 'over since yesterday'");

        assertThat(kinds())
                .containsExactly("lease.withdrawn", "withdrawal.changed", "withdrawal.lifted", "withdrawal.changed");
    }

    private static List<String> kinds() {
        return DB.query("select kind from audit_event order by id");
    }
}
