package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Attestation.Ambiguous;
import io.mesosiam.agent.attest.Attestation.Attested;
import io.mesosiam.agent.attest.Attestation.NoContainer;
import io.mesosiam.agent.attest.Attestation.Unknown;
import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.proc.ProcFs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real processes without any cgroup, as Mesos's posix launcher starts them. */
class AncestryTest {
    private static final String LOOPBACK = "127.0.0.1";
    private static final ProcFs PROC = new ProcFs(Path.of("/proc"));

    private final List<KnownProcess> known = new ArrayList<>();
    private boolean whole = true;
    private ContainerLab lab;
    private KernelAttestor attestor;

    @BeforeEach
    void open() throws IOException {
        lab(CgroupVersion.V1);
    }

    private void lab(CgroupVersion version) throws IOException {
        lab = ContainerLab.open(version);
        attestor = new KernelAttestor(
                lab.config(),
                new ContainerSources(Optional.empty(), Optional.of(() -> new KnownProcesses(known, whole))),
                Optional.empty(),
                (started, ended) -> {},
                true);
    }

    @AfterEach
    void close() throws IOException {
        if (attestor != null) {
            attestor.close();
            lab.close();
        }
    }

    private LabProcess container(String id) {
        LabProcess first = lab.hostProcess();
        known.add(new KnownProcess(id, first.pid(), Optional.of(Instant.now())));
        return first;
    }

    private static Container container(String id, LabProcess first) {
        return new Container(id, PROC.start(first.pid()).orElseThrow());
    }

    private static Attested attested(String id, LabProcess first) {
        return new Attested(container(id, first), "ancestry");
    }

    @Test
    void containerIsServedAfterTheEndOfItsFirstThread() throws Exception {
        ThreadedProgram.assume();
        LabProcess one = container("one");
        Attested expected = attested("one", one);
        attestor.scanNow();

        ThreadedProgram.endFirstThread(one);
        attestor.scanNow();
        assertThat(attestor.running()).containsExactly(expected.container());
        one.run(ThreadedProgram.connecting(LOOPBACK, lab.port()));
        assertThat(attestor.attest(lab.accept(), Deadlines.ample())).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void socketOfADescendantBelongsToTheContainer(CgroupVersion version) throws IOException {
        close();
        lab(version);
        LabProcess one = container("one");
        LabProcess two = container("two");

        assertThat(attestor.attest(lab.connect(one, LOOPBACK), Deadlines.ample()))
                .isEqualTo(attested("one", one));
        assertThat(attestor.attest(lab.connect(two, LOOPBACK), Deadlines.ample()))
                .isEqualTo(attested("two", two));
        assertThat(attestor.running()).containsExactlyInAnyOrder(container("one", one), container("two", two));
    }

    @Test
    void socketOfADeeperDescendantBelongsToTheContainer() {
        LabProcess task = container("task");
        long child = task.fork("exec 4<>/dev/tcp/" + LOOPBACK + "/" + lab.port() + ";");
        Caller caller = lab.accept();

        assertThat(attestor.attest(caller, Deadlines.ample())).isEqualTo(attested("task", task));
        assertThat(child).isNotEqualTo(task.pid());
    }

    @Test
    void processThatLeftItsContainerBelongsToNone() {
        LabProcess task = container("task");
        // the shell in between ends at once, and init adopts its child
        long daemon = Long.parseLong(task.run("( ( exec 4<>/dev/tcp/" + LOOPBACK + "/" + lab.port()
                + "; echo $BASHPID; exec sleep 3600 ) & ) | { read -r pid; echo $pid; }"));
        Caller caller = lab.accept();

        assertThat(attestor.attest(caller, Deadlines.ample())).isInstanceOf(NoContainer.class);
        LabProcess.kill(ProcessHandle.of(daemon).orElseThrow());
    }

    @Test
    void nearestContainerIsAttested() {
        LabProcess executor = container("pod");
        long nested = executor.fork("exec 4<>/dev/tcp/" + LOOPBACK + "/" + lab.port() + ";");
        known.add(new KnownProcess("pod/task", nested, Optional.of(Instant.now())));
        Caller caller = lab.accept();

        assertThat(attestor.attest(caller, Deadlines.ample()))
                .isEqualTo(new Attested(
                        new Container("pod/task", PROC.start(nested).orElseThrow()), "ancestry"));
    }

    @Test
    void socketThatTwoContainersHoldBelongsToNone() {
        LabProcess one = container("one");
        Caller caller = lab.connect(one, LOOPBACK);
        assertThat(attestor.attest(caller, Deadlines.ample())).isEqualTo(attested("one", one));

        // the child keeps the descriptor and is a container from now on
        long child = one.fork("");
        known.add(new KnownProcess("two", child, Optional.of(Instant.now())));

        assertThat(attestor.attest(caller, Deadlines.ample())).isInstanceOf(Ambiguous.class);
    }

    @Test
    void hostProcessBelongsToNoContainer() {
        container("task");

        assertThat(attestor.attest(lab.connect(lab.hostProcess(), LOOPBACK), Deadlines.ample()))
                .isInstanceOf(NoContainer.class);
    }

    @Test
    void reusedPidIsNotTheContainer() {
        LabProcess other = lab.hostProcess();
        known.add(
                new KnownProcess("gone", other.pid(), Optional.of(Instant.now().minus(Duration.ofMinutes(1)))));

        assertThat(attestor.attest(lab.connect(other, LOOPBACK), Deadlines.ample()))
                .isInstanceOf(NoContainer.class);
        assertThat(attestor.running()).isEmpty();
    }

    @Test
    void pidOfTwoContainersIsNeither() {
        LabProcess task = container("one");
        known.add(new KnownProcess("two", task.pid(), Optional.of(Instant.now())));

        assertThat(attestor.attest(lab.connect(task, LOOPBACK), Deadlines.ample()))
                .isInstanceOf(NoContainer.class);
    }

    @Test
    void containerWithACgroupIsAttestedByIt() {
        LabProcess task = lab.container("task");
        known.add(new KnownProcess("task", task.pid(), Optional.of(Instant.now())));

        assertThat(attestor.attest(lab.connect(task, LOOPBACK), Deadlines.ample()))
                .isEqualTo(new Attested(container("task", task), "freezer"));
    }

    @Test
    void endedContainerIsNotRunning() {
        LabProcess task = container("task");
        Caller caller = lab.connect(task, LOOPBACK);
        assertThat(attestor.attest(caller, Deadlines.ample())).isEqualTo(attested("task", task));

        task.close();
        attestor.scanNow();

        assertThat(attestor.attest(caller, Deadlines.ample())).isInstanceOf(Unknown.class);
        assertThat(attestor.running()).isEmpty();
    }

    @Test
    void containerThatTheSourceNoLongerListsContinues() {
        LabProcess task = container("task");
        attestor.scanNow();

        known.clear();
        attestor.scanNow();

        assertThat(attestor.running()).containsExactly(container("task", task));
        assertThat(attestor.attest(lab.connect(task, LOOPBACK), Deadlines.ample()))
                .isEqualTo(attested("task", task));
    }

    @Test
    void noCallerIsRefusedWhileContainersMayBeMissing() {
        whole = false;

        assertThat(attestor.attest(lab.connect(lab.hostProcess(), LOOPBACK), Deadlines.ample()))
                .isInstanceOf(Unknown.class);
    }
}
