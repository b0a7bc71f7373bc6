package io.mesosiam.sandbox.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentJvmTest {
    private static final Pattern FLAG = Pattern.compile("-X[^\\s\",`]+");

    @ParameterizedTest
    @CsvSource({
        "docker/agent.Dockerfile, ENTRYPOINT, -jar",
        "packaging/jar.conf, ExecStart=/, -jar",
        "docs/agent.md, On the JVM these flags, The last flag ends"
    })
    void allFilesHaveTheSameFlags(Path file, String from, String to) throws IOException {
        String text = Files.readString(file);
        int start = text.indexOf(from);

        List<String> flags = FLAG.matcher(text.substring(start, text.indexOf(to, start)))
                .results()
                .map(MatchResult::group)
                .map(flag -> flag.replaceFirst("\\.$", ""))
                .toList();

        assertThat(flags).containsExactlyElementsOf(AgentJvm.FLAGS);
    }
}
