package io.mesosiam.mesos.master;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.clock.PeerClocks;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.KnownLaunch;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.model.Histories;
import io.mesosiam.pause.Wakeup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the watch passes to its listener, and takes from it, while a master is polled without a stream. */
class MasterAnswersTest {
    private final FaultyMaster master = new FaultyMaster();
    private final Launch launch = new Launch(master.key("a"), 1);
    private final ManualWakeup streamWakeup = new ManualWakeup();
    private final ManualWakeup pollWakeup = new ManualWakeup();
    private final List<Boolean> answers = Collections.synchronizedList(new ArrayList<>());
    private final AtomicReference<Set<Launch>> unneeded = new AtomicReference<>(Set.of());
    private volatile boolean broken;
    private final ClusterWatch watch;

    @TempDir
    private Path directory;

    MasterAnswersTest() {
        watch = watch(TestConfig.of(master.uri()), new ManualWakeup());
        master.answers("/api/v1", 404, "no stream here");
    }

    private ClusterWatch watch(MesosConfig config, Wakeup watchdogWakeup) {
        Queue<Wakeup> wakeups = new ArrayDeque<>(List.of(streamWakeup, pollWakeup, watchdogWakeup));
        InstantSource clock = InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z"));
        return new ClusterWatch(
                config,
                () -> Histories.NONE_REPORTED,
                clock,
                () -> 0,
                new PeerClocks(clock, System::nanoTime),
                new Random(1),
                wakeups::remove);
    }

    @AfterEach
    void stop() {
        watch.close();
        master.close();
    }

    @Test
    void unusableCaFileIsAnErrorUntilItCanBeUsedAgain() throws Exception {
        Path ca = TestCa.in(directory).certificateFile();
        Path pem = Files.copy(ca, directory.resolve("trusted.pem"));
        ManualWakeup watchdog = new ManualWakeup();
        try (ClusterWatch trusting = watch(TestConfig.of(master.uri()).trusting(pem), watchdog)) {
            trusting.start(List.of(), (_, _) -> Set.of());
            watchdog.armed();
            Files.writeString(pem, "");
            watchdog.wake();
            watchdog.armed();
            assertThat(trusting.health().errors())
                    .contains("mesos-iam.mesos.ca-file " + pem
                            + " holds no certificate: what was read before stays in use");

            Files.copy(ca, pem, StandardCopyOption.REPLACE_EXISTING);
            watchdog.wake();
            watchdog.armed();
            assertThat(trusting.health().errors()).noneMatch(error -> error.contains("mesos-iam.mesos.ca-file"));
        }
    }

    @Test
    void stateSaysWhetherAMasterAnswers() throws InterruptedException {
        assertThat(watch.state().masterAnswers()).isFalse();
        start();
        assertThat(watch.state().masterAnswers()).isTrue();

        master.answers("/state", 503, "gone");
        poll();
        assertThat(watch.state().masterAnswers()).isFalse();
        assertThat(watch.state().leader()).as("the last known one").isPresent();
        assertThat(answers).containsExactly(false);

        master.clear("/state");
        poll();
        assertThat(answers).endsWith(true);
    }

    @Test
    void listenerThatFailedLearnsItFromTheNextFailedPoll() throws InterruptedException {
        start();
        broken = true;
        master.answers("/state", 503, "gone");
        poll();
        assertThat(answers).doesNotContain(false);

        broken = false;
        poll();

        assertThat(answers).endsWith(false);
    }

    @Test
    void endedLaunchThatTheListenerNoLongerNeedsIsRemoved() throws InterruptedException {
        start();
        watch.ended(launch, new TaskEnd.InstanceTerminated("i-1"));
        assertThat(watch.state().launches()).containsKey(launch);

        unneeded.set(Set.of(launch));
        poll();

        assertThat(watch.state().launches()).doesNotContainKey(launch);
    }

    private void start() throws InterruptedException {
        watch.start(List.of(new KnownLaunch(launch, Optional.empty(), true)), this::changed);
        pollWakeup.armed();
        streamWakeup.armed();
        answers.clear();
    }

    /** Triggers a poll and waits for its end. */
    private void poll() throws InterruptedException {
        pollWakeup.wake();
        pollWakeup.armed();
    }

    private Set<Launch> changed(ClusterState state, Set<Launch> touched) {
        if (broken) {
            throw new IllegalStateException("broken on purpose");
        }
        answers.add(state.masterAnswers());
        return unneeded.getAndSet(Set.of());
    }
}
