package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Attestation.Attested;
import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.proc.ProcessStat;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A tracer keeps more ended threads of a process than one search reads. As long as they have not all been read, the
 * container is neither served nor ended.
 */
class KeptThreadsTest {
    private static final String LOOPBACK = "127.0.0.1";

    /** The threads that one search reads: docs/attestation.md. */
    private static final int MAX_READ = 256;

    private static final int THREADS = 3 * MAX_READ;

    /** The searches that read all threads twice. */
    private static final int SEARCHES = 2 * (THREADS / MAX_READ + 1);

    private final List<Container> ended = new ArrayList<>();

    @BeforeEach
    void perl() throws Exception {
        ThreadedProgram.assume();
    }

    private KernelAttestor attestor(ContainerLab lab, boolean netlink) {
        return new KernelAttestor(lab.config(), (appeared, gone) -> ended.addAll(gone), netlink);
    }

    private static Caller connect(ContainerLab lab, LabProcess process) {
        process.run(ThreadedProgram.connecting(LOOPBACK, lab.port()));
        return lab.accept();
    }

    private static Container container(String id, LabProcess process) throws IOException {
        return new Container(
                id,
                ProcessStat.at(Path.of("/proc/" + process.pid())).orElseThrow().startTicks());
    }

    /** The result for a caller that repeats its request while the result is unknown. */
    private static Attestation attest(KernelAttestor attestor, Caller caller) {
        Attestation result = attestor.attest(caller, Deadlines.ample());
        for (int i = 0; i < SEARCHES && result instanceof Attestation.Unknown; i++) {
            result = attestor.attest(caller, Deadlines.ample());
        }
        return result;
    }

    @ParameterizedTest
    @CsvSource({"V1,true,freezer", "V1,false,freezer", "V2,true,cgroup-v2", "V2,false,cgroup-v2-process"})
    void processWithManyKeptThreadsContinuesAndIsServed(CgroupVersion version, boolean netlink, String by)
            throws Exception {
        try (ContainerLab lab = ContainerLab.open(version);
                KernelAttestor attestor = attestor(lab, netlink);
                KernelAttestor later = attestor(lab, netlink)) {
            LabProcess task = lab.container("task");
            attestor.scanNow();
            Attested expected = new Attested(container("task", task), by);
            Process tracer = ThreadedProgram.endFirstThreadAfter(THREADS, task);
            try {
                attestor.scanNow();
                assertThat(attest(attestor, connect(lab, task))).isEqualTo(expected);
                assertThat(attestor.attest(connect(lab, task), Deadlines.ample()))
                        .as("at once, when the living thread is known")
                        .isEqualTo(expected);

                assertThat(attest(later, connect(lab, task)))
                        .as("by an agent that has not seen the process before")
                        .isEqualTo(expected);
                assertThat(ended).isEmpty();
            } finally {
                tracer.destroyForcibly().waitFor();
            }
            task.close();
            attestor.scanNow();
            assertThat(ended).containsExactly(expected.container());
        }
    }

    @Test
    void processOfWhichAllThreadsHaveEndedIsReportedAfterTheyHaveBeenReadTwice() throws Exception {
        try (ContainerLab lab = ContainerLab.open(CgroupVersion.V1);
                KernelAttestor attestor = attestor(lab, false)) {
            LabProcess task = lab.container("task");
            attestor.scanNow();
            Container container = container("task", task);
            Process tracer = ThreadedProgram.endFirstThreadAfter(THREADS, task);
            try {
                attestor.scanNow();
                assertThat(ended).isEmpty();

                kill(task);
                for (int i = 0; i < SEARCHES && ended.isEmpty(); i++) {
                    attestor.scanNow();
                }
                assertThat(ended).containsExactly(container);
            } finally {
                tracer.destroyForcibly().waitFor();
            }
        }
    }

    private static void kill(LabProcess task) throws IOException {
        assertThat(ProcessHandle.of(task.pid()).orElseThrow().destroyForcibly()).isTrue();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + task.pid() + "/task"))) {
            for (Path thread : threads) {
                while (ProcessStat.at(thread).filter(ProcessStat::alive).isPresent()) {
                    LockSupport.parkNanos(1_000_000);
                }
            }
        }
    }
}
