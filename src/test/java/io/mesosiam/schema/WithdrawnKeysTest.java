package io.mesosiam.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A withdrawal keeps until when the keys work that tasks may have copied, whichever client makes it. */
class WithdrawnKeysTest {
    private static final TestDatabase DB = TestPostgres.database();
    private static final String WITHDRAW =
            "insert into withdrawal (%s, reason, keys_valid_until) values (%s, 'leaked', '2030-01-01')";

    @BeforeEach
    void leases() {
        for (int task = 1; task <= 3; task++) {
            DB.execute("""
                insert into lease (id, framework_id, task_id, mesos_agent_id, launch_sequence, credential_name, iam_role_arn, policy_id,
                    identity_hash, session_name, witnessed, created_at, state, expiration, renew_at)
                values (gen_random_uuid(), 'F', 't%1$d', 'S%1$d', 1, 'default', 'arn:aws:iam::123456789012:role/r%1$d', gen_random_uuid(),
                    repeat('0', 64), 'name', true, now(), 'active', '209%1$d-01-01', '209%1$d-01-01')\
                """.formatted(task));
        }
    }

    @AfterEach
    void empty() {
        DB.execute("delete from withdrawal");
        DB.execute("delete from lease");
    }

    @AfterAll
    static void drop() {
        DB.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        framework_id                  | 'F'                                    | 2093-01-01
        framework_id, task_id         | 'F', 't1'                              | 2091-01-01
        mesos_agent_id                | 'S2'                                   | 2092-01-01
        iam_role_arn                  | 'arn:aws:iam::123456789012:role/r1'    | 2091-01-01
        framework_id, credential_name | 'F', 'other'                           | none
        """)
    void lastSessionOfTheLeasesThatItCoversCounts(String columns, String values, String until) {
        DB.execute(WITHDRAW.formatted(columns, values));

        assertThat(DB.query("select coalesce(keys_valid_until::date::text, 'none') from withdrawal"))
                .containsExactly(until);
    }

    @Test
    void itStaysAfterTheLeasesHaveEnded() {
        DB.execute(WITHDRAW.formatted("framework_id", "'F'"));
        DB.execute("update lease set state = 'reaped', reason = 'withdrawn', reaped_at = now()");
        DB.execute("update withdrawal set lifted_at = now(), keys_valid_until = null");

        assertThat(DB.query("select keys_valid_until::date from withdrawal")).containsExactly("2093-01-01");
    }
}
