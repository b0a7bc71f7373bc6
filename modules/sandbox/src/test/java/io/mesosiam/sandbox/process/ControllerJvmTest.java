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

class ControllerJvmTest {
    private static final Pattern FLAG = Pattern.compile("-[-X][^\\s\",]+");

    /** A share of the memory limit in containers, a size on machines without one. */
    private static final Pattern HEAP = Pattern.compile("-Xmx.*|-XX:MaxRAMPercentage=.*");

    @ParameterizedTest
    @CsvSource({
        "docker/controller.Dockerfile, ENTRYPOINT",
        "docs/controller.md, java -Xmx1g",
        "docs/controller.md, ExecStart=/usr/bin/java -Xmx1g"
    })
    void allFilesHaveTheSameFlagsButTheHeap(Path file, String from) throws IOException {
        String text = Files.readString(file);
        int start = text.indexOf(from);

        List<String> flags = FLAG.matcher(text.substring(start, text.indexOf("-jar", start)))
                .results()
                .map(MatchResult::group)
                .filter(flag -> !flag.startsWith("-XX:AOTCache="))
                .toList();

        assertThat(withoutHeap(flags)).containsExactlyElementsOf(withoutHeap(ControllerJvm.FLAGS));
        assertThat(flags).anyMatch(HEAP.asMatchPredicate());
    }

    private static List<String> withoutHeap(List<String> flags) {
        return flags.stream().filter(HEAP.asMatchPredicate().negate()).toList();
    }
}
