package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HeldProcessesTest {
    private static final long START = 4711;

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
                holding);
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
                true)) {
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

    @Test
    void endedProcessIsReleased() {
        HeldProcesses held = processes(true);
        held.close();

        assertThat(held.isAlive(process.pid(), START)).isTrue();
        assertThat(held.isAlive(process.pid(), START)).isTrue();
        assertThat(accountsRead).hasValue(2);
    }
}
