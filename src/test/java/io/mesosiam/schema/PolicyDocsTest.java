package io.mesosiam.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/policy.md has what an operator needs who writes policies by SQL. */
class PolicyDocsTest {
    @Test
    void everyConstraintOfWithdrawalsIsInTheDocs() throws IOException {
        String docs = Files.readString(Path.of("docs/controller.md"));
        try (TestDatabase db = TestPostgres.database()) {
            assertThat(
                            db.query(
                                    "select conname from pg_constraint where contype <> 'n' and conrelid = 'withdrawal'::regclass"))
                    .isNotEmpty()
                    .allSatisfy(constraint -> assertThat(docs).contains("`" + constraint + "`"));
        }
    }

    @Test
    void everyConstraintAndColumnOfThePolicyTablesIsInTheDocs() throws IOException {
        String docs = Files.readString(Path.of("docs/policy.md"));
        try (TestDatabase db = TestPostgres.database()) {
            assertThat(db.query("""
                    select conname from pg_constraint
                    where contype <> 'n' and (conrelid in ('policy'::regclass, 'namespace'::regclass, 'attribute_trust'::regclass)
                        or contypid in (select atttypid from pg_attribute
                            where attrelid in ('policy'::regclass, 'namespace'::regclass, 'attribute_trust'::regclass)))
                    union select indexrelid::regclass::text from pg_index
                    where indisunique and indrelid in ('policy'::regclass, 'namespace'::regclass, 'attribute_trust'::regclass)
                    """)).isNotEmpty().allSatisfy(constraint -> assertThat(docs)
                    .contains("`" + constraint + "`"));
            assertThat(db.query("select attname from pg_attribute where attrelid = 'policy'::regclass and attnum > 0"
                            + " and not attisdropped and attname not in ('id')"))
                    .isNotEmpty()
                    .allSatisfy(column -> assertThat(docs).contains(column));
        }
    }
}
