package io.mesosiam.agent.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessStatTest {
    private static final String AFTER_THE_NAME =
            " S 1 25463 25463 0 -1 4194560 1054 0 0 0 3 2 0 0 20 0 13 0 917711 24694784 2121 18446744073709551615 1 1 0\n";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mesos-container",
                "",
                "with space",
                "a) R 1 2 3",
                "((((",
                "))))",
                ") Z 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
                "line\nend) S",
                "\u00ff\u0080\t"
            })
    void commandNameDoesNotAffectTheOtherFields(String name) {
        assertThat(ProcessStat.parse("25463 (" + name + ")" + AFTER_THE_NAME))
                .contains(new ProcessStat('S', 1, 917_711, false));
    }

    @Test
    void deadStatesAreNotAlive() {
        assertThat(new ProcessStat('Z', 1, 1, false).alive()).isFalse();
        assertThat(new ProcessStat('X', 1, 1, false).alive()).isFalse();
        assertThat(new ProcessStat('D', 1, 1, false).alive()).isTrue();
        assertThat(new ProcessStat('T', 1, 1, false).alive()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1 (sh",
                "1 (sh)",
                "1 (sh) ",
                "1 (sh) S 1 2 3",
                "1 (sh) SS 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9"
            })
    void malformedLineIsNoProcess(String stat) {
        assertThat(ProcessStat.parse(stat)).isEmpty();
    }

    @Test
    void threadWithoutThisFileHasEnded(@TempDir Path thread) {
        assertThat(ProcessStat.at(thread)).isEmpty();
    }

    /** As when the agent has no descriptor left: to take it for an end would end containers. */
    @Test
    void fileThatIsThereAndCantBeReadIsNoEnd(@TempDir Path thread) throws IOException {
        Files.createDirectory(thread.resolve("stat"));

        assertThatThrownBy(() -> ProcessStat.at(thread)).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void startThatIsNoNumberIsNoProcess() {
        assertThat(ProcessStat.parse("1 (sh)" + AFTER_THE_NAME.replace("917711", "soon")))
                .isEmpty();
    }
}
