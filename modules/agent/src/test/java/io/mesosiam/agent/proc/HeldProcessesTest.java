package io.mesosiam.agent.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HeldProcessesTest {
    private static final long START = 4711;
    private static final int MOST = 2;

    private final AtomicInteger accountsRead = new AtomicInteger();
    private Process process;
    private long start = START;

    @BeforeEach
    void start() throws IOException {
        process = new ProcessBuilder("sleep", "600").start();
    }

    @AfterEach
    void end() {
        kill();
    }

    private void kill() {
        process.destroyForcibly().onExit().join();
    }

    private HeldProcesses processes(boolean holding) {
        return new HeldProcesses(
                pid -> {
                    accountsRead.incrementAndGet();
                    return process.isAlive() ? OptionalLong.of(start) : OptionalLong.empty();
                },
                holding ? MOST : 0);
    }

    @Test
    void startIsReadOnceAndThenThePidfdIsUsed() {
        try (HeldProcesses held = processes(true)) {
            assertThat(held.isAlive(process.pid(), START)).isTrue();
            assertThat(held.isAlive(process.pid(), START)).isTrue();
            held.forgetEnded();
            assertThat(held.isAlive(process.pid(), START)).isTrue();
            assertThat(accountsRead).hasValue(1);

            kill();

            assertThat(held.isAlive(process.pid(), START)).isFalse();
        }
    }

    @Test
    void processWithAnotherStartIsNotAlive() {
        try (HeldProcesses held = processes(true)) {
            assertThat(held.isAlive(process.pid(), START + 1)).isFalse();
            assertThat(held.isAlive(process.pid(), START)).isTrue();
            assertThat(held.isAlive(process.pid(), START + 1)).isFalse();
        }
    }

    @Test
    void pidReusedDuringACheckIsCheckedAgain() {
        try (HeldProcesses held = new HeldProcesses(
                pid -> {
                    accountsRead.incrementAndGet();
                    kill(); // the next start that is read is that of the pid's next process
                    return OptionalLong.of(START);
                },
                MOST)) {
            assertThat(held.isAlive(process.pid(), START)).isTrue();
            assertThat(held.isAlive(process.pid(), START)).isTrue();
            assertThat(accountsRead)
                    .as("the pidfd of the dead process is not used")
                    .hasValue(2);
        }
    }

    @Test
    void withoutPidfdsTheStartIsReadEachTime() {
        try (HeldProcesses held = processes(false)) {
            assertThat(held.isAlive(process.pid(), START)).isTrue();
            assertThat(held.isAlive(process.pid(), START)).isTrue();
            start++;
            assertThat(held.isAlive(process.pid(), START)).isFalse();
            assertThat(accountsRead).hasValue(3);
        }
    }

    /** More processes than are held: each check of another one reads its file, and none is taken for another. */
    @Test
    void processBeyondTheMostIsCheckedByItsStart() throws IOException {
        List<Process> others = new ArrayList<>();
        try (HeldProcesses held = processes(true)) {
            for (int i = 0; i < 2 * MOST; i++) {
                others.add(new ProcessBuilder("sleep", "600").start());
            }
            for (Process other : others) {
                assertThat(held.isAlive(other.pid(), START)).isTrue();
            }
            assertThat(held.isHeldAlive(others.getFirst().pid(), START)).isFalse();
            assertThat(held.isHeldAlive(others.getLast().pid(), START)).isTrue();

            accountsRead.set(0);
            assertThat(held.isAlive(others.getFirst().pid(), START)).isTrue();
            assertThat(held.isAlive(others.getFirst().pid(), START + 1)).isFalse();
            assertThat(accountsRead).hasValue(2);

            others.getLast().destroyForcibly().onExit().join();
            assertThat(held.isHeldAlive(others.getLast().pid(), START)).isFalse();
        } finally {
            others.forEach(Process::destroyForcibly);
        }
    }

    /** The last descriptor that the agent may have is that of the process itself. */
    @Test
    void processIsAliveThoughItsStartCanOnlyBeReadWithoutItsDescriptor() {
        try (HeldProcesses held = new HeldProcesses(
                pid -> {
                    if (accountsRead.incrementAndGet() % 2 == 1) {
                        throw new UncheckedIOException(new IOException("Too many open files"));
                    }
                    return OptionalLong.of(START);
                },
                MOST)) {
            assertThat(held.isAlive(process.pid(), START)).isTrue();
            assertThat(held.isHeldAlive(process.pid(), START)).isFalse();
            assertThat(held.isAlive(process.pid(), START)).isTrue();
            assertThat(accountsRead).hasValue(4);
        }
    }

    /** A file that can't be read says nothing about its process. */
    @Test
    void processWhoseStartCantBeReadIsNeitherAliveNorEnded() {
        try (HeldProcesses held = new HeldProcesses(
                pid -> {
                    throw new UncheckedIOException(new IOException("Too many open files"));
                },
                MOST)) {
            assertThatThrownBy(() -> held.isAlive(process.pid(), START)).isInstanceOf(UncheckedIOException.class);
        }
    }

    @Test
    void endedProcessIsReleased() {
        HeldProcesses held = processes(true);
        held.close();

        assertThat(held.isAlive(process.pid(), START)).isTrue();
        assertThat(held.isAlive(process.pid(), START)).isTrue();
        assertThat(accountsRead).hasValue(2);
    }
}
