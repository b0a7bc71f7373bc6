package io.mesosiam.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class PolicySchemaTest {
    private static final TestDatabase DB = TestPostgres.database();

    @AfterAll
    static void drop() {
        DB.close();
    }

    @Test
    void everyTableAndColumnIsExplained() {
        assertThat(DB.query("""
                select c.relname || coalesce('.' || a.attname, '')
                from pg_class c
                left join lateral (select attname, attnum from pg_attribute where attrelid = c.oid and attnum > 0
                    union all select null, 0) a on true
                where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
                    and c.relname <> 'flyway_schema_history'
                    and col_description(c.oid, a.attnum) is null and not (a.attnum = 0 and obj_description(c.oid, 'pg_class') is not null)
                """)).isEmpty();
    }
}
