package io.mesosiam.spelling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The answer to a name that doesn't exist. */
class UnknownNamesTest {
    private static final List<String> FIELDS = List.of("taskName", "taskUser", "leaseTtlSeconds", "tags");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            taskname  | is unknown: did you mean taskName?
            task_name | is unknown: did you mean taskName?
            taskNam   | is unknown: did you mean taskName?
            lease_ttl | is unknown: did you mean leaseTtlSeconds?
            tagz      | is unknown: did you mean tags?
            role      | is unknown: there are leaseTtlSeconds, tags, taskName, taskUser
            ''        | is unknown: there are leaseTtlSeconds, tags, taskName, taskUser
            """)
    void nearNameIsProposedAndOtherwiseAllAreListed(String name, String message) {
        assertThat(new UnknownNames(FIELDS).message(name)).isEqualTo(message);
    }

    @Test
    void onlyTheFirstUnknownNamesAreExplained() {
        UnknownNames names = new UnknownNames(FIELDS);

        List<String> messages =
                IntStream.range(0, 12).mapToObj(i -> names.message("other" + i)).toList();

        assertThat(messages.subList(0, 10)).allMatch(message -> message.contains("there are"));
        assertThat(messages.subList(10, 12)).containsOnly("is unknown");
    }

    @Test
    void thereMayBeNoNames() {
        assertThat(new UnknownNames(Set.of()).message("limit")).isEqualTo("is unknown: there is none");
    }
}
