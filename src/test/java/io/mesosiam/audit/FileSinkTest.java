package io.mesosiam.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in the file after events could not be written completely. */
class FileSinkTest {
    private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");

    private final AuditedEvent one = event(1);
    private final AuditedEvent two = event(2);

    @TempDir
    private Path directory;

    @AfterEach
    void unlimited() throws IOException, InterruptedException {
        limitFiles("unlimited");
    }

    /** A limit of the process ends a write as a full disk does: after some of its bytes. */
    @Test
    void eventsThatAFullDiskHasCutOffAreWrittenAgainOnLinesOfTheirOwn() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(PRLIMIT), "no " + PRLIMIT);
        Path file = directory.resolve("a");
        try (FileSink sink = new FileSink(file)) {
            limitFiles(Integer.toString(one.line().length() + 11));
            for (int i = 0; i < 2; i++) {
                assertThatExceptionOfType(IOException.class).isThrownBy(() -> sink.write(List.of(one, two)));
            }
            limitFiles("unlimited");
            sink.write(List.of(one, two));
        }

        assertThat(Files.readAllLines(file))
                .containsExactly(one.line(), two.line().substring(0, 10), one.line(), two.line());
    }

    /** Sets how long a file can become to which this process writes. */
    private static void limitFiles(String bytes) throws IOException, InterruptedException {
        if (Files.isExecutable(PRLIMIT)) {
            Process set = new ProcessBuilder(
                            PRLIMIT.toString(),
                            "--pid",
                            Long.toString(ProcessHandle.current().pid()),
                            "--fsize=" + bytes + ":")
                    .redirectErrorStream(true)
                    .start();
            String says = new String(set.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(set.waitFor()).as(says).isZero();
        }
    }

    private static AuditedEvent event(long id) {
        return new AuditedEvent(
                id,
                OffsetDateTime.parse("2026-01-01T00:00:00Z"),
                "done",
                new JsonObject().put("id", Long.toString(id)).put("kind", "lease.issued"));
    }
}
