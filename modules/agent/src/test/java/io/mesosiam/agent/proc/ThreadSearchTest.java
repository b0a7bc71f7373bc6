package io.mesosiam.agent.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.agent.proc.LivingThreads.Life;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes with thousands of threads, in a directory that has the form of {@code /proc}. */
class ThreadSearchTest {
    private static final long PID = 4711;
    private static final int THREADS = 3000;

    /** The calls that read every thread twice; each reads several times what one search reads. */
    private static final int CALLS = 2 * THREADS / ThreadSearch.MAX_READ;

    @TempDir
    private Path proc;

    private LivingThreads threads;

    @BeforeEach
    void processWhoseFirstThreadHasEnded() throws IOException {
        threads = new LivingThreads(proc);
        write(proc.resolve(Long.toString(PID)), 'Z');
        thread(PID, 'Z');
    }

    private void thread(long id, char state) throws IOException {
        write(proc.resolve(PID + "/task/" + id), state);
    }

    private static void write(Path directory, char state) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(
                directory.resolve("stat"),
                "1 (task) " + state + " 1 1 1 0 -1 4194560 0 0 0 0 3 2 0 0 20 0 13 0 917711 0 0\n");
    }

    private void endedThreads(int number) throws IOException {
        for (int i = 1; i <= number; i++) {
            thread(PID + i, 'Z');
        }
    }

    private Optional<Path> livingThread() {
        return threads.readOfLiving(PID, Optional::of).value();
    }

    @Test
    void processWhoseThreadsCantBeListedHasNotEnded() throws IOException {
        Path task = proc.resolve(PID + "/task");
        Files.delete(task.resolve(PID + "/stat"));
        Files.delete(task.resolve(Long.toString(PID)));
        Files.delete(task);
        Files.createFile(task);

        assertThatThrownBy(() -> threads.life(PID)).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void livingThreadAmongThousandsIsFoundAndThenKnown() throws IOException {
        endedThreads(THREADS);
        thread(PID + THREADS / 2, 'S');
        for (int i = 0; i < CALLS && !(threads.life(PID) instanceof Life.Alive); i++) {
            assertThat(threads.life(PID)).isNotInstanceOf(Life.Ended.class);
        }

        assertThat(threads.life(PID)).isInstanceOf(Life.Alive.class);
        assertThat(livingThread()).hasValue(proc.resolve(PID + "/task/" + (PID + THREADS / 2)));
    }

    @Test
    void nextLivingThreadIsFoundWhenTheKnownOneHasEnded() throws IOException {
        endedThreads(THREADS);
        thread(PID + 1, 'S');
        for (int i = 0; i < CALLS && livingThread().isEmpty(); i++) {
            assertThat(threads.life(PID)).isNotInstanceOf(Life.Ended.class);
        }

        thread(PID + 1, 'Z');
        thread(PID + THREADS, 'S');
        for (int i = 0; i < CALLS && livingThread().isEmpty(); i++) {
            assertThat(threads.life(PID)).isNotInstanceOf(Life.Ended.class);
        }
        assertThat(livingThread()).hasValue(proc.resolve(PID + "/task/" + (PID + THREADS)));
    }

    @Test
    void processIsEndedWhenThousandsOfThreadsHaveBeenReadTwice() throws IOException {
        endedThreads(THREADS);
        assertThat(threads.life(PID)).isInstanceOf(Life.NotKnown.class);
        assertThat(livingThread()).isEmpty();

        for (int i = 0; i < CALLS && !(threads.life(PID) instanceof Life.Ended); i++) {
            assertThat(threads.life(PID)).isNotInstanceOf(Life.Alive.class);
        }
        assertThat(threads.life(PID)).isInstanceOf(Life.Ended.class);
    }

    @Test
    void processWithFewThreadsIsEndedAtOnce() throws IOException {
        endedThreads(ThreadSearch.MAX_READ);

        assertThat(threads.life(PID)).isInstanceOf(Life.Ended.class);
    }

    @Test
    void processIsEndedAtOnceWhenItsThreadsAreReleased() throws IOException {
        endedThreads(2 * THREADS / 3);
        assertThat(threads.life(PID)).isInstanceOf(Life.NotKnown.class);

        for (int i = 1; i <= 2 * THREADS / 3; i++) {
            Path thread = proc.resolve(PID + "/task/" + (PID + i));
            Files.delete(thread.resolve("stat"));
            Files.delete(thread);
        }
        assertThat(threads.life(PID)).isInstanceOf(Life.Ended.class);
    }
}
