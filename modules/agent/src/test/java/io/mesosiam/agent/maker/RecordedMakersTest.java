package io.mesosiam.agent.maker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.kernel.DescriptorStore;
import io.mesosiam.agent.kernel.FreezerGroup;
import io.mesosiam.agent.kernel.KernelMap;
import io.mesosiam.agent.kernel.OwnSocket;
import io.mesosiam.agent.kernel.SocketProgram;
import io.mesosiam.agent.kernel.StoredDescriptors;
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
    private CgroupConfig config;

    @BeforeEach
    void requireV1() {
        config = CgroupConfig.detect("mesos");
        assumeTrue(config.version() == CgroupVersion.V1, "cgroups v1 are not mounted");
        assumeTrue(config.rootOfV2().isPresent(), "the root of cgroups v2 is not mounted");
        assumeTrue("root".equals(System.getProperty("user.name")), "not root");
        assumeTrue(Files.exists(FreezerGroup.KERNEL_TYPES), "the kernel doesn't describe its types");
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
        try (RecordedMakers makers = RecordedMakers.start(place(30), now::get, DescriptorStore.none())) {
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

            // those of other programs need room from now on
            open.forEach(OwnSocket::close);
            open.clear();
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
                        new RecordedMakers.Place(config.rootOfV2().orElseThrow(), another, FreezerGroup.ofKernel(), 30),
                        System::nanoTime,
                        DescriptorStore.none()))
                .isInstanceOf(IOException.class)
                .hasMessage("a socket of this process was recorded as made by cgroup " + (another - 1)
                        + ", not by cgroup " + another);
    }

    @Test
    void damagedTypesOfTheKernelAreRefused(@TempDir Path directory) throws IOException {
        byte[] types = Files.readAllBytes(FreezerGroup.KERNEL_TYPES);
        Path damaged = directory.resolve("vmlinux");
        for (int length : new int[] {0, 3, 24, 100, types.length / 2, types.length - 1}) {
            Files.write(damaged, java.util.Arrays.copyOf(types, length));

            assertThatThrownBy(() -> FreezerGroup.read(damaged))
                    .as("%d bytes", length)
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void recordingContinuesWithItsDescriptorsAfterItsProcess() throws IOException {
        AtomicLong now = new AtomicLong();
        DescriptorStore store;
        try (RecordedMakers first = RecordedMakers.start(place(30), now::get, DescriptorStore.none())) {
            assertThat(first.isContinued()).isFalse();
            store = StoredDescriptors.copies(RecordedMakers.STORED, first.descriptors());
        }
        try (OwnSocket betweenProcesses = OwnSocket.open()) {
            now.addAndGet(Duration.ofMinutes(1).toNanos());
            try (RecordedMakers second = RecordedMakers.start(place(30), now::get, store)) {
                assertThat(second.isContinued()).isTrue();
                assertThat(second.groupOf(betweenProcesses.cookie())).isEqualTo(config.ownGroup());
                assertThat(second.missedSomeLately())
                        .as("it began a minute ago")
                        .isFalse();
                assertThat(second.missed()).isZero();
            }
        }
    }

    @Test
    void recordingThatBeganLaterThanNowHasJustBegun() throws IOException {
        AtomicLong now = new AtomicLong(Duration.ofMinutes(5).toNanos());
        try (RecordedMakers first = RecordedMakers.start(place(30), now::get, DescriptorStore.none())) {
            DescriptorStore store = StoredDescriptors.copies(RecordedMakers.STORED, first.descriptors());
            now.set(0);
            try (RecordedMakers second = RecordedMakers.start(place(30), now::get, store)) {
                assertThat(second.isContinued()).isTrue();
                assertThat(second.missedSomeLately()).isTrue();
            }
        }
    }

    @Test
    void recordingWithAnyOtherDescriptorIsNotContinued() throws IOException {
        try (RecordedMakers one = RecordedMakers.start(place(30), System::nanoTime, DescriptorStore.none());
                RecordedMakers other = RecordedMakers.start(place(30), System::nanoTime, DescriptorStore.none());
                RecordedMakers larger = RecordedMakers.start(place(31), System::nanoTime, DescriptorStore.none());
                OwnSocket socket = OwnSocket.open()) {
            List<Integer> mine = one.descriptors();
            for (List<Integer> wrong : List.of(
                    List.of(mine.get(0), mine.get(2), mine.get(1)),
                    List.of(mine.get(1), mine.get(1), mine.get(2)),
                    List.of(mine.get(0), mine.get(0), mine.get(2)),
                    List.of(other.descriptors().get(0), mine.get(1), mine.get(2)),
                    List.of(mine.get(0), other.descriptors().get(1), mine.get(2)),
                    List.of(mine.get(0), mine.get(1), other.descriptors().get(2)),
                    larger.descriptors())) {
                assertNotContinued(StoredDescriptors.copies(RecordedMakers.STORED, wrong), socket);
            }
            assertNotContinued(
                    StoredDescriptors.copies(RecordedMakers.STORED.subList(0, 2), mine.subList(0, 2)), socket);
            assertNotContinued(
                    StoredDescriptors.copies(List.of("makers-table", "makers-closed", "another"), mine), socket);
        }
    }

    @Test
    void recordingOfAnotherCgroupIsNotContinued() throws IOException {
        Path other = config.rootOfV2()
                .orElseThrow()
                .resolve("mesos-iam-makers-" + ProcessHandle.current().pid());
        Files.createDirectory(other);
        try (KernelMap table = KernelMap.create(32);
                SocketProgram closed =
                        SocketProgram.attach(other, SocketProgram.Event.CLOSED, MakerPrograms.forgetting(table));
                SocketProgram made = SocketProgram.attach(
                        other, SocketProgram.Event.MADE, MakerPrograms.recording(table, FreezerGroup.ofKernel()));
                OwnSocket socket = OwnSocket.open()) {
            assertNotContinued(
                    StoredDescriptors.copies(
                            RecordedMakers.STORED, List.of(table.descriptor(), closed.descriptor(), made.descriptor())),
                    socket);
        } finally {
            Files.delete(other);
        }
    }

    @Test
    void descriptorThatIsNotOpenIsNotContinued() throws IOException {
        try (RecordedMakers one = RecordedMakers.start(place(30), System::nanoTime, DescriptorStore.none());
                OwnSocket socket = OwnSocket.open()) {
            for (String missing : RecordedMakers.STORED) {
                assertNotContinued(
                        StoredDescriptors.copiesBut(missing, RecordedMakers.STORED, one.descriptors()), socket);
            }
        }
    }

    @Test
    void tableIsRecognizedByTheKernelsDescription() throws IOException {
        try (RecordedMakers makers = RecordedMakers.start(config);
                RecordedMakers smaller = RecordedMakers.start(place(30), System::nanoTime, DescriptorStore.none())) {
            assertThat(RecordedMakers.isTable(description(makers))).isTrue();
            assertThat(RecordedMakers.isTable(description(smaller))).isFalse();
        }
    }

    private static String description(RecordedMakers makers) throws IOException {
        return Files.readString(
                Path.of("/proc/self/fdinfo/" + makers.descriptors().getFirst()));
    }

    private void assertNotContinued(DescriptorStore store, OwnSocket older) throws IOException {
        try (RecordedMakers begun = RecordedMakers.start(place(30), System::nanoTime, store)) {
            assertThat(begun.isContinued()).isFalse();
            assertThat(begun.groupOf(older.cookie())).isEmpty();
            assertThat(begun.missedSomeLately()).isTrue();
        }
    }

    private RecordedMakers.Place place(int most) throws IOException {
        return new RecordedMakers.Place(
                config.rootOfV2().orElseThrow(), config.ownGroup().orElseThrow(), FreezerGroup.ofKernel(), most);
    }
}
