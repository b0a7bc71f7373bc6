package io.mesosiam.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/policy.md is right. */
class PolicyDocumentTest {
    private static final Pattern SQL = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL);

    @Test
    void itsExamplesRunOneAfterAnother() throws IOException {
        List<String> examples =
                SQL.matcher(document()).results().map(match -> match.group(1)).toList();

        try (TestDatabase db = TestPostgres.database()) {
            examples.forEach(db::execute);

            assertThat(examples).isNotEmpty();
            assertThat(db.query("select name from policy")).contains("batch-results", "edge-hosts", "etl");
        }
    }

    @Test
    void itNamesEveryColumnOfAPolicy() throws IOException {
        String document = document();
        try (TestDatabase db = TestPostgres.database()) {
            assertThat(db.query("""
                    select column_name from information_schema.columns
                    where table_name = 'policy'
                        and column_name not in ('id', 'namespace', 'name', 'description', 'effect', 'created_at', 'updated_at')
                    """)).allSatisfy(column -> assertThat(document).contains("`" + column));
        }
    }

    /** From the module's directory, wherever below it the tests run. */
    private static String document() throws IOException {
        Path start = Path.of("").toAbsolutePath();
        return Files.readString(Stream.iterate(start, Path::getParent)
                .map(directory -> directory.resolve("docs/policy.md"))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow());
    }
}
