package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Attestation.Attested;
import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.proc.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A process is alive as long as one of its threads is, and so is its container: the end of the first thread ends
 * neither.
 */
class EndedFirstThreadTest {
    private static final String LOOPBACK = "127.0.0.1";

    private final List<Container> started = Collections.synchronizedList(new ArrayList<>());
    private final List<Container> ended = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void perl() throws Exception {
        ThreadedProgram.assume();
    }

    private KernelAttestor attestor(ContainerLab lab, boolean netlink) {
        return new KernelAttestor(
                lab.config(),
                (appeared, gone) -> {
                    started.addAll(appeared);
                    ended.addAll(gone);
                },
                netlink);
    }

    private static Caller connect(ContainerLab lab, LabProcess process, String agent) {
        process.run(ThreadedProgram.connecting(agent, lab.port()));
        return lab.accept();
    }

    private static Attested attested(String id, LabProcess process, String by) {
        return new Attested(
                new Container(
                        id, new ProcFs(Path.of("/proc")).start(process.pid()).orElseThrow()),
                by);
    }

    @ParameterizedTest
    @CsvSource({"V1,true,freezer", "V1,false,freezer", "V2,true,cgroup-v2", "V2,false,cgroup-v2-process"})
    void containerIsServedAfterTheEndOfItsFirstThread(CgroupVersion version, boolean netlink, String by)
            throws IOException {
        try (ContainerLab lab = ContainerLab.open(version);
                KernelAttestor attestor = attestor(lab, netlink)) {
            LabProcess task = lab.container("task");
            LabProcess other = lab.container("other");
            attestor.scanNow();
            Attested expected = attested("task", task, by);

            ThreadedProgram.endFirstThread(task);
            attestor.scanNow();
            assertThat(ended).isEmpty();
            assertThat(attestor.attest(connect(lab, task, LOOPBACK), Deadlines.ample()))
                    .isEqualTo(expected);
            assertThat(attestor.attest(lab.connect(other, LOOPBACK), Deadlines.ample()))
                    .isEqualTo(attested("other", other, by));

            task.close();
            attestor.scanNow();
            assertThat(ended).containsExactly(expected.container());
        }
    }

    @ParameterizedTest
    @CsvSource({"V1,true,address", "V1,false,address", "V2,true,cgroup-v2", "V2,false,address"})
    void agentThatStartsLaterFindsTheNetwork(CgroupVersion version, boolean netlink, String by) throws IOException {
        try (ContainerLab lab = ContainerLab.open(version);
                KernelAttestor attestor = attestor(lab, netlink)) {
            LabNetwork network = lab.network();
            LabProcess task = lab.container("task", network);
            ThreadedProgram.endFirstThread(task);

            attestor.scanNow();
            assertThat(attestor.attest(connect(lab, task, network.hostAddress()), Deadlines.ample()))
                    .isEqualTo(attested("task", task, by));
        }
    }

    @ParameterizedTest
    @CsvSource({"V1,true", "V1,false", "V2,true", "V2,false"})
    void programExecutedByAnotherThreadEndsNoContainer(CgroupVersion version, boolean netlink) throws Exception {
        try (ContainerLab lab = ContainerLab.open(version);
                KernelAttestor attestor = attestor(lab, netlink)) {
            LabProcess task = lab.container("task");
            attestor.scanNow();

            CompletableFuture<Void> executed =
                    CompletableFuture.runAsync(() -> ThreadedProgram.executeFromAnotherThread(task, 300));
            while (!executed.isDone()) {
                attestor.scanNow();
            }
            executed.get();

            assertThat(ended).isEmpty();
            assertThat(started).hasSize(1);
            assertThat(attestor.attest(lab.connect(task, LOOPBACK), Deadlines.ample()))
                    .isInstanceOf(Attested.class);
        }
    }

    /** On v1 only: on v2 the kernel lists a process in the cgroup in which its first thread ended. */
    @Test
    void processThatLeavesItsContainerAfterTheEndOfItsFirstThreadEndsIt() throws IOException {
        try (ContainerLab lab = ContainerLab.open(CgroupVersion.V1);
                KernelAttestor attestor = attestor(lab, true)) {
            LabProcess task = lab.container("task");
            lab.container("other");
            attestor.scanNow();
            ThreadedProgram.endFirstThread(task);
            attestor.scanNow();
            assertThat(ended).isEmpty();

            lab.hostProcess().run(lab.joining(Long.toString(task.pid()), "other"));
            attestor.scanNow();
            assertThat(ended).extracting(Container::id).containsExactly("task");
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void factsAreThoseOfALivingThread(boolean foreign) throws Exception {
        try (ContainerLab lab = ContainerLab.open(CgroupVersion.V1);
                ProcFs proc = new ProcFs(Path.of("/proc"), foreign)) {
            // routes of the host's network change while other programs run
            LabProcess task = lab.container("task", lab.network());
            long pid = task.pid();
            OptionalLong start = proc.start(pid);
            Object parent = proc.parents(Deadlines.ample()).get(pid);
            Object cgroups = proc.cgroups(pid);
            OptionalLong namespace = proc.networkNamespace(pid);
            Object routes = proc.network(pid, "fib_trie", Stream::toList);

            ThreadedProgram.endFirstThread(task);
            task.run("$> = 4711; $< = 4711");

            assertThat(proc.start(pid)).isPresent().isEqualTo(start);
            assertThat(proc.isAlive(pid, start.getAsLong())).isTrue();
            assertThat(proc.isAlive(pid, start.getAsLong() + 1)).isFalse();
            assertThat(proc.parents(Deadlines.ample())).containsEntry(pid, (Long) parent);
            assertThat(proc.cgroups(pid)).isEqualTo(cgroups);
            assertThat(proc.networkNamespace(pid)).isPresent().isEqualTo(namespace);
            assertThat(proc.network(pid, "fib_trie", Stream::toList)).isEqualTo(routes);
            assertThat(proc.users(pid)).contains(4711L);

            task.close();
            assertThat(proc.start(pid)).isEmpty();
        }
    }

    /** A process that has ended and has not been waited for has no living thread. */
    @Test
    void endedProcessHasNoFactsBeforeItIsWaitedFor() throws Exception {
        LabProcess parent = LabProcess.start(List.of());
        try (parent;
                ProcFs proc = new ProcFs(Path.of("/proc"), false)) {
            long child = Long.parseLong(
                    parent.run("exec 9< <(sleep 3600 & echo $!; exec sleep 3600); read -r -u 9 child; echo $child"));
            long start = proc.start(child).orElseThrow();
            Path name = Path.of(
                    "/proc", Long.toString(proc.parents(Deadlines.ample()).get(child)), "comm");
            // until then its parent is a shell, which waits for it
            while (!Files.readString(name).strip().equals("sleep")) {
                LockSupport.parkNanos(1_000_000);
            }

            ProcessHandle.of(child).orElseThrow().destroyForcibly();
            while (!LabProcess.state(child).equals("Z")) {
                LockSupport.parkNanos(1_000_000);
            }
            assertThat(proc.start(child)).isEmpty();
            assertThat(proc.isAlive(child, start)).isFalse();
            assertThat(proc.networkNamespace(child)).isEmpty();
            assertThat(proc.cgroups(child)).isEmpty();
            assertThat(proc.users(child)).isEmpty();
        }
    }
}
