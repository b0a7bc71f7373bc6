package io.mesosiam.agent.maker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mesosiam.agent.attest.AttestConfig;
import io.mesosiam.agent.attest.CgroupVersion;
import io.mesosiam.agent.kernel.OwnSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the real kernel; skipped where it can't record makers. */
class RecordedMakersTest {
    private AttestConfig config;

    @BeforeEach
    void requireV1() {
        config = AttestConfig.detect("mesos");
        assumeTrue(config.version() == CgroupVersion.V1, "cgroups v1 are not mounted");
        assumeTrue(config.rootOfV2().isPresent(), "the root of cgroups v2 is not mounted");
        assumeTrue("root".equals(System.getProperty("user.name")), "not root");
        assumeTrue(Files.exists(KernelTypes.USUAL), "the kernel doesn't describe its types");
    }

    @Test
    void socketIsRecordedWithTheGroupOfItsMakerUntilItIsClosed() throws IOException {
        try (RecordedMakers makers = RecordedMakers.start(config)) {
            long cookie;
            try (OwnSocket socket = OwnSocket.open()) {
                cookie = socket.cookie();
                assertThat(makers.groupOf(cookie)).isEqualTo(config.ownGroup());
            }

            assertThat(makers.groupOf(cookie)).isEmpty();
        }
    }

    @Test
    void socketFromBeforeTheRecordingHasNoMaker() throws IOException {
        try (OwnSocket socket = OwnSocket.open();
                RecordedMakers makers = RecordedMakers.start(config)) {
            assertThat(makers.groupOf(socket.cookie())).isEmpty();
        }
    }

    @Test
    void twoAgentsCanRecordAtTheSameTime() throws IOException {
        try (RecordedMakers first = RecordedMakers.start(config);
                RecordedMakers second = RecordedMakers.start(config);
                OwnSocket socket = OwnSocket.open()) {
            assertThat(first.groupOf(socket.cookie())).isEqualTo(config.ownGroup());
            assertThat(second.groupOf(socket.cookie())).isEqualTo(config.ownGroup());
        }
    }

    @Test
    void recordCantBeReadAfterTheEnd() throws IOException {
        RecordedMakers makers = RecordedMakers.start(config);
        try (OwnSocket socket = OwnSocket.open()) {
            long cookie = socket.cookie();
            makers.close();

            assertThatThrownBy(() -> makers.groupOf(cookie)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void socketsThatFindNoRoomAreCounted() throws IOException {
        AtomicLong now = new AtomicLong();
        List<OwnSocket> open = new ArrayList<>();
        try (RecordedMakers makers = RecordedMakers.start(
                config.rootOfV2().orElseThrow(), config.ownGroup().orElseThrow(), KernelTypes.USUAL, 30, now::get)) {
            now.addAndGet(Duration.ofMinutes(1).toNanos());
            assertThat(makers.missedSomeLately()).isFalse();
            assertThat(makers.missed()).isZero();

            OptionalLong last = OptionalLong.of(0);
            for (int i = 0; i < 40; i++) {
                open.add(OwnSocket.open());
                last = makers.groupOf(open.getLast().cookie());
            }
            assertThat(last).isEmpty();
            assertThat(makers.missed()).isGreaterThanOrEqualTo(10);
            assertThat(makers.missedSomeLately()).isTrue();

            now.addAndGet(Duration.ofMinutes(1).toNanos());
            assertThat(makers.missedSomeLately()).isFalse();
        } finally {
            open.forEach(OwnSocket::close);
        }
    }

    @Test
    void recordingThatHasJustBegunHasMissedSockets() throws IOException {
        try (RecordedMakers makers = RecordedMakers.start(config)) {
            assertThat(makers.missedSomeLately()).isTrue();
            assertThat(makers.missed()).isZero();
        }
    }

    @Test
    void recordingThatTheOwnSocketContradictsIsNotUsed() {
        long another = config.ownGroup().orElseThrow() + 1;

        assertThatThrownBy(() -> RecordedMakers.start(
                        config.rootOfV2().orElseThrow(), another, KernelTypes.USUAL, 30, System::nanoTime))
                .isInstanceOf(IOException.class)
                .hasMessage("a socket of this process was recorded as made by cgroup " + (another - 1)
                        + ", not by cgroup " + another);
    }

    @Test
    void damagedTypesOfTheKernelAreRefused(@TempDir Path directory) throws IOException {
        byte[] types = Files.readAllBytes(KernelTypes.USUAL);
        Path damaged = directory.resolve("vmlinux");
        for (int length : new int[] {0, 3, 24, 100, types.length / 2, types.length - 1}) {
            Files.write(damaged, java.util.Arrays.copyOf(types, length));

            assertThatThrownBy(() -> RecordedMakers.start(
                            config.rootOfV2().orElseThrow(),
                            config.ownGroup().orElseThrow(),
                            damaged,
                            30,
                            System::nanoTime))
                    .as("%d bytes", length)
                    .isInstanceOf(IOException.class);
        }
    }
}
