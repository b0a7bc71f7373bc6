package io.mesosiam.agent.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FailureTest {
    @ParameterizedTest
    @EnumSource
    void isDocumentedWithItsStatusAndCode(Failure failure) throws Exception {
        List<String> lines = Files.readAllLines(Path.of("docs/agent.md"));

        assertThat(lines)
                .anyMatch(line ->
                        line.startsWith("| " + failure.status() + " | ") && line.contains("`" + failure.code() + "`"));
    }
}
