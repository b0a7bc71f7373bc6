package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Attestation.Attested;
import io.mesosiam.agent.attest.Attestation.NoContainer;
import io.mesosiam.agent.attest.Attestation.Unknown;
import io.mesosiam.agent.proc.ProcFs;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Containers on the host's network whose sockets have the classes of Mesos's {@code cgroups/net_cls} isolation. */
class NetClassesTest {
    private static final String LOOPBACK = "127.0.0.1";

    /** The priority that the kernel derives from the type of service 0x10, which every process may set. */
    private static final long PRIORITY_OF_LOW_DELAY = 6;

    private static final int LOW_DELAY = 0x10;

    private ContainerLab lab;
    private KernelAttestor attestor;

    @BeforeEach
    void open() throws IOException {
        lab = ContainerLab.openWithNetClasses();
        attestor = new KernelAttestor(lab.config(), (started, ended) -> {});
    }

    @AfterEach
    void close() throws IOException {
        attestor.close();
        lab.close();
    }

    private static Attested attested(String id, LabProcess first, String by) {
        return new Attested(
                new Container(
                        id, new ProcFs(Path.of("/proc")).start(first.pid()).orElseThrow()),
                by);
    }

    @Test
    void tasksOnTheHostsNetworkAreDistinguishedByTheirClasses() {
        LabProcess one = lab.container("one");
        LabProcess two = lab.container("two");

        assertThat(attestor.attest(lab.connect(one, LOOPBACK), Deadlines.ample()))
                .isEqualTo(attested("one", one, "net_cls"));
        assertThat(attestor.attest(lab.connect(two, LOOPBACK), Deadlines.ample()))
                .isEqualTo(attested("two", two, "net_cls"));
    }

    @Test
    void onlyTheContainersOfTheClassAreSearched() {
        LabProcess maker = lab.container("maker");
        lab.container("other");
        Caller caller = lab.connect(maker, LOOPBACK);
        // by its freezer cgroup the child belongs to the other container, so a full search would find two holders
        maker.fork("echo $BASHPID > " + lab.groupOf("other").resolve("cgroup.procs") + ";");

        assertThat(attestor.attest(caller, Deadlines.ample())).isEqualTo(attested("maker", maker, "net_cls"));
    }

    @Test
    void nestedContainersOfOneClassAreDistinguishedByTheFreezer() {
        LabProcess executor = lab.container("pod");
        LabProcess left = lab.container("pod/left");
        LabProcess right = lab.container("pod/right");

        assertThat(attestor.attest(lab.connect(left, LOOPBACK), Deadlines.ample()))
                .isEqualTo(attested("pod/left", left, "freezer"));
        assertThat(attestor.attest(lab.connect(right, LOOPBACK), Deadlines.ample()))
                .isEqualTo(attested("pod/right", right, "freezer"));
        assertThat(attestor.attest(lab.connect(executor, LOOPBACK), Deadlines.ample()))
                .isEqualTo(attested("pod", executor, "freezer"));
    }

    @Test
    void containerNestedLaterIsNotItsRoot() {
        LabProcess executor = lab.container("pod");
        assertThat(attestor.attest(lab.connect(executor, LOOPBACK), Deadlines.ample()))
                .isEqualTo(attested("pod", executor, "net_cls"));

        LabProcess late = lab.container("pod/late");

        assertThat(attestor.attest(lab.connect(late, LOOPBACK), Deadlines.ample()))
                .isEqualTo(attested("pod/late", late, "freezer"));
    }

    @Test
    void twoContainersOfOneClassAreDistinguishedByTheFreezer() {
        LabProcess one = lab.container("one");
        LabProcess two = lab.container("two");
        lab.setClass("one", 0x0012_7777);
        lab.setClass("two", 0x0012_7777);

        assertThat(attestor.attest(lab.connect(one, LOOPBACK), Deadlines.ample()))
                .isEqualTo(attested("one", one, "freezer"));
        assertThat(attestor.attest(lab.connect(two, LOOPBACK), Deadlines.ample()))
                .isEqualTo(attested("two", two, "freezer"));
    }

    @Test
    void containerWithoutAClassIsFoundByTheFreezer() {
        LabProcess bare = lab.container("bare");
        lab.container("classed");
        lab.setClass("bare", 0);

        assertThat(attestor.attest(lab.connect(bare, LOOPBACK), Deadlines.ample()))
                .isEqualTo(attested("bare", bare, "freezer"));
    }

    @Test
    void hostProcessWithAPriorityLikeAClassIsNoContainer() throws IOException {
        lab.container("task");
        lab.setClass("task", PRIORITY_OF_LOW_DELAY);

        Caller pretender = lab.connectFromAgent(InetAddress.ofLiteral(LOOPBACK), LOW_DELAY);

        assertThat(classOf(pretender)).as("the class that the kernel reports").hasValue(PRIORITY_OF_LOW_DELAY);
        assertThat(attestor.attest(pretender, Deadlines.ample())).isInstanceOf(NoContainer.class);
    }

    private static OptionalLong classOf(Caller caller) throws IOException {
        try (SockDiag sockets = SockDiag.open(1)) {
            return ((SocketAnswer.Found) sockets.find(caller.remote(), caller.local(), Deadlines.ample())).netClass();
        }
    }

    @Test
    void processMovedToAnotherContainerTakesItsSockets() {
        LabProcess maker = lab.container("maker");
        LabProcess other = lab.container("other");
        Caller caller = lab.connect(maker, LOOPBACK);

        maker.fork(lab.joining("$BASHPID", "other") + ";");
        maker.run("exec 3>&-");

        assertThat(attestor.attest(caller, Deadlines.ample())).isEqualTo(attested("other", other, "net_cls"));
    }

    @Test
    void nextContainerOfAClassInheritsNothing() {
        LabProcess old = lab.container("old");
        lab.setClass("old", 0x0012_8888);
        Caller caller = lab.connect(old, LOOPBACK);
        assertThat(attestor.attest(caller, Deadlines.ample())).isEqualTo(attested("old", old, "net_cls"));

        old.close();
        lab.removeGroup("old");
        LabProcess young = lab.container("young");
        lab.setClass("young", 0x0012_8888);

        assertThat(attestor.attest(caller, Deadlines.ample())).isInstanceOf(Unknown.class);
        assertThat(attestor.attest(lab.connect(young, LOOPBACK), Deadlines.ample()))
                .isEqualTo(attested("young", young, "net_cls"));
    }
}
