package io.mesosiam.sandbox.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildTest {
    private static final Duration WITHIN = TimeLimit.seconds(20);
    private static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/usr/bin:/bin");

    @TempDir
    private Path directory;

    @Test
    void childAnswersLineByLine() throws Exception {
        try (Child cat = Child.speaking("cat", List.of("cat"), ENVIRONMENT, directory.resolve("log"))) {
            assertThat(cat.ask("hello", WITHIN)).isEqualTo("hello");
            assertThat(cat.ask("again", WITHIN)).isEqualTo("again");
        }
    }

    @Test
    void errorHasTheLogOfAnEndedChild() throws Exception {
        List<String> failing = List.of("sh", "-c", "echo no such thing >&2; exit 3");
        try (Child child = Child.speaking("failing", failing, ENVIRONMENT, directory.resolve("log"))) {
            assertThatThrownBy(() -> child.line(WITHIN))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("failing has ended")
                    .hasMessageContaining("no such thing");
        }
    }

    @Test
    void silentChildEndsWithItsParent() throws Exception {
        Path pid = directory.resolve("pid");
        List<String> program =
                List.of("sh", "-c", "echo $$ >\"$0.part\" && mv \"$0.part\" \"$0\" && exec sleep 1000", pid.toString());
        ProcessHandle started;
        try (Child child = Child.silent("sleep", program, ENVIRONMENT, directory.resolve("log"))) {
            while (!Files.exists(pid)) {
                child.check();
                LockSupport.parkNanos(1_000_000);
            }
            started = ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                    .orElseThrow();
            assertThat(started.isAlive()).isTrue();
        }

        assertThat(started.onExit().get(WITHIN.toSeconds(), TimeUnit.SECONDS).isAlive())
                .isFalse();
    }

    @Test
    void janitorRemovesADirectoryWhenItIsUnused() throws Exception {
        Path doomed = Files.createDirectories(directory.resolve("doomed/deep")).getParent();
        Path needed = Files.createFile(doomed.resolve("needed"));

        Janitor janitor = Janitor.of(doomed, needed);
        Files.delete(needed);
        janitor.close();

        assertThat(doomed).doesNotExist();
    }
}
