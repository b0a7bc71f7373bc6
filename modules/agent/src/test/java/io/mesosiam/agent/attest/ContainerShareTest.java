package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.agent.attest.Attestation.Attested;
import io.mesosiam.agent.attest.Attestation.NoContainer;
import io.mesosiam.agent.attest.Attestation.Unknown;
import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.cgroup.CgroupDirectory;
import io.mesosiam.agent.cgroup.CgroupTree;
import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.cgroup.ContainerGroup;
import io.mesosiam.agent.cgroup.ContainerShare;
import io.mesosiam.agent.cgroup.NetClasses;
import io.mesosiam.agent.proc.DescriptorSearch;
import io.mesosiam.agent.proc.ProcFs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One container makes any number of cgroups below its own, with any names. Real cgroups and processes. */
class ContainerShareTest extends AttestorFixture {
    private static final int SOME = 40;

    /** Starts processes, each in a cgroup of its own, which has the layout of a nested container's. */
    private static void nest(ContainerLab lab, LabProcess shell, List<String> ids) throws IOException {
        for (String id : ids) {
            Path group = Files.createDirectories(lab.groupOf(id));
            shell.run("sleep 3600 & echo $! > " + group.resolve("cgroup.procs"));
        }
    }

    private static Set<String> running(KernelAttestor attestor) {
        return attestor.running().stream().map(Container::id).collect(Collectors.toSet());
    }

    private static List<String> numbered(String parent, int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> parent + "/" + i).toList();
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void idsOfNestedContainersAreOfBoundedLength(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        LabProcess task = lab.container("task");
        LabProcess other = lab.container("other");
        String name = "n".repeat(240);
        nest(lab, task, numbered("task" + ("/" + name).repeat(14), 0, SOME));
        nest(lab, task, numbered("task/" + name + "/" + name, 0, SOME));
        nest(lab, task, numbered("task", 0, SOME));
        KernelAttestor attestor = attestor(lab);
        attestor.start();

        Set<String> running = running(attestor);
        assertThat(running).contains("task", "other").allMatch(id -> id.length() <= ContainerShare.MAX_ID);
        assertThat(running.stream().mapToInt(String::length).sum())
                .isLessThan(2 * SOME + ContainerShare.MAX_ID_CHARACTERS);
        assertThat(running).hasSizeGreaterThan(SOME);
        assertThat(attestor.attest(lab.connect(other, LOOPBACK), Deadlines.ample()))
                .isInstanceOf(Attested.class);
        LabProcess deep = lab.container("task" + ("/" + name).repeat(14) + "/0");
        assertThat(attestor.attest(lab.connect(deep, LOOPBACK), Deadlines.ample()))
                .isInstanceOf(NoContainer.class);
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void nestedContainersBeyondTheBoundTakeNoneFromThoseThatRun(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        LabProcess task = lab.container("task");
        List<String> first = numbered("task", 0, ContainerShare.MAX_NESTED - SOME);
        nest(lab, task, first);
        KernelAttestor attestor = attestor(lab);
        attestor.start();
        assertThat(running(attestor)).containsAll(first);

        nest(lab, task, numbered("task", first.size(), first.size() + 3 * SOME));
        lab.container("later");
        attestor.scanNow();
        attestor.scanNow();

        assertThat(running(attestor)).containsAll(first).contains("later").hasSize(2 + ContainerShare.MAX_NESTED);
    }

    /** Most of them have no process. */
    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void cgroupsOfOneContainerTakeNoRoomFromOthers(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        LabProcess task = lab.container("task");
        String name = "n".repeat(250);
        nest(lab, task, List.of("task/nested"));
        for (int i = 0; i < 2 * ContainerShare.MAX_BELOW; i++) {
            Files.createDirectories(lab.groupOf("task").resolve("a" + name + "/" + i + name));
            Files.createDirectories(lab.groupOf("task/nested").resolve("b" + name + "/" + i + name));
            lab.groupOf("task/" + i + "n");
        }
        List<ContainerGroup> groups = new ArrayList<>();
        Set<String> cut = new CgroupTree(lab.config()).visitGroups(groups::add);

        assertThat(cut).containsExactly("task");
        assertThat(groups).hasSizeLessThanOrEqualTo(1 + ContainerShare.MAX_NESTED);
        List<CgroupDirectory> below =
                groups.stream().flatMap(group -> group.below().stream()).toList();
        assertThat(below).hasSizeLessThanOrEqualTo(ContainerShare.MAX_BELOW);
        assertThat(below.stream()
                        .mapToInt(group -> group.path().toString().length())
                        .sum())
                .isLessThanOrEqualTo(ContainerShare.MAX_PATH_CHARACTERS);

        LabProcess later = lab.container("later");
        KernelAttestor attestor = attestor(lab);
        attestor.start();
        assertThat(attestor.attest(lab.connect(later, LOOPBACK), Deadlines.ample()))
                .isInstanceOf(Attested.class);
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void containersBeyondTheBoundOfTheHostMayBeMissing(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        lab.container("one");
        lab.container("two");
        lab.container("three");
        try (ProcFs proc = new ProcFs(lab.config().proc())) {
            assertThat(scan(lab, proc, 2).missing()).contains("not all containers are known yet");
            assertThat(scan(lab, proc, 2).containers()).hasSize(2);
            assertThat(scan(lab, proc, 3).missing()).isEmpty();
        }
    }

    /** Each process begins another container with each move. */
    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void processesThatMoveBetweenNewGroupsAreContainersAtABoundedRate(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        LabProcess task = lab.container("task");
        LabProcess other = lab.container("other");
        nest(lab, task, numbered("task", 0, SOME));
        List<String> moving = task.run("jobs -p").lines().toList();
        AtomicLong nanoTime = new AtomicLong();
        Set<String> seen = new HashSet<>();
        try (ProcFs proc = new ProcFs(lab.config().proc())) {
            HostScanner scanner = scanner(lab.config(), proc, CgroupTree.MAX_CONTAINERS, nanoTime::get);
            HostView view = scanner.unread();
            for (int move = 1; move <= 2 + NestedStarts.AT_ONCE / SOME; move++) {
                moveOn(lab, task, moving, move);
                view = scanner.scan(view, true);
                view.all().stream().map(Container::id).forEach(seen::add);
            }
            assertThat(seen).hasSize(2 + NestedStarts.AT_ONCE);

            nest(lab, other, List.of("other/nested"));
            nanoTime.addAndGet(Duration.ofSeconds(1).toNanos());
            view = scanner.scan(view, true);
            view.all().stream().map(Container::id).forEach(seen::add);
            assertThat(seen).contains("other/nested").hasSize(3 + NestedStarts.AT_ONCE + NestedStarts.PER_SECOND);
        }
    }

    /** The others are an honest executor's checks, for example. */
    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void nestedContainerThatWaitsForTheRateComesBeforeNewerOnesAndIsPending(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        LabProcess task = lab.container("task");
        nest(lab, task, numbered("task", 0, SOME));
        List<String> moving = task.run("jobs -p").lines().toList();
        AtomicLong nanoTime = new AtomicLong();
        try (ProcFs proc = new ProcFs(lab.config().proc())) {
            HostScanner scanner = scanner(lab.config(), proc, CgroupTree.MAX_CONTAINERS, nanoTime::get);
            HostView view = scanner.unread();
            int moves = 2 + NestedStarts.AT_ONCE / SOME;
            for (int move = 1; move <= moves; move++) {
                moveOn(lab, task, moving, move);
                view = scanner.scan(view, true);
            }
            nest(lab, task, List.of("task/lasting"));
            view = scanner.scan(view, true);
            assertThat(view.container("task/lasting")).isEmpty();
            assertThat(ownerOfASocketMadeIn("task/lasting", lab, proc, view)).isInstanceOf(Unknown.class);

            moveOn(lab, task, moving, moves + 1);
            nanoTime.addAndGet(Duration.ofMillis(200).toNanos());
            view = scanner.scan(view, true);

            assertThat(view.container("task/lasting")).isPresent();
            assertThat(ownerOfASocketMadeIn("task/lasting", lab, proc, view)).isInstanceOf(Attested.class);
        }
    }

    private static Attestation ownerOfASocketMadeIn(String id, ContainerLab lab, ProcFs proc, HostView view)
            throws IOException {
        long group = (Long) Files.getAttribute(lab.groupOf(id), "unix:ino");
        InetSocketAddress anyEnd = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        CgroupConfig config = lab.config();
        try (SocketLookup host = new SocketLookups(proc, config.version(), Optional.empty(), false).ofHost()) {
            SocketAnswer.Found socket = new SocketAnswer.Found(1, 1, 0, OptionalLong.of(group), OptionalLong.empty());
            return new SocketOwners(config.version(), new CgroupTree(config), proc)
                    .of(
                            new SocketFinder.Located(socket, host, anyEnd, anyEnd, List.of(), true),
                            view,
                            Deadlines.ample());
        }
    }

    /** Each process into the next group, which is new; the groups that they leave are removed. */
    private static void moveOn(ContainerLab lab, LabProcess shell, List<String> processes, int move) {
        move(lab, shell, processes, numbered("task", move * SOME, (move + 1) * SOME));
        numbered("task", (move - 1) * SOME, move * SOME).forEach(lab::removeGroup);
    }

    private static void move(ContainerLab lab, LabProcess shell, List<String> processes, List<String> ids) {
        for (int i = 0; i < processes.size(); i++) {
            shell.run(
                    "echo " + processes.get(i) + " > " + lab.groupOf(ids.get(i)).resolve("cgroup.procs"));
        }
    }

    /** More processes than fit into what the agent reads of a file. */
    @Test
    void containerWithAnyNumberOfProcessesKeepsNoOtherFromBeingFound(@TempDir Path hierarchy) throws IOException {
        Path many = Files.createDirectories(hierarchy.resolve("mesos/many/leaf"));
        Files.writeString(many.resolve("cgroup.procs"), "9999999\n".repeat(1 << 20));
        Path other = Files.createDirectories(hierarchy.resolve("mesos/other/leaf"));
        Files.writeString(other.resolve("cgroup.procs"), ProcessHandle.current().pid() + "\n");
        CgroupConfig config =
                new CgroupConfig(CgroupVersion.V2, hierarchy, Optional.empty(), "mesos", CgroupConfig.DEFAULT_PROC);
        try (ProcFs proc = new ProcFs(config.proc())) {
            HostScanner scanner = scanner(config, proc, CgroupTree.MAX_CONTAINERS, () -> 0);

            assertThat(scanner.scan(scanner.unread(), true).containers())
                    .extracting(ObservedContainer::id)
                    .containsExactly("other");
        }
    }

    @Test
    void containerWithMoreProcessesThanAreReadIsNotSearched(@TempDir Path hierarchy) throws IOException {
        Path leaf = Files.createDirectories(hierarchy.resolve("mesos/many/leaf"));
        Files.writeString(leaf.resolve("cgroup.procs"), "9999999\n".repeat(HostScanner.MOST_PROCESSES + 1));
        CgroupConfig config =
                new CgroupConfig(CgroupVersion.V2, hierarchy, Optional.empty(), "mesos", CgroupConfig.DEFAULT_PROC);
        ObservedContainer many = new ObservedContainer(
                new Container("many", 1),
                new ContainerGroup("many", leaf.getParent(), leaf, 1),
                9_999_999,
                1,
                OptionalLong.empty());
        SocketAnswer.Found socket = new SocketAnswer.Found(1, 1, 0, OptionalLong.empty(), OptionalLong.empty());
        try (ProcFs proc = new ProcFs(config.proc())) {
            SocketHolders holders = new SocketHolders(new CgroupTree(config), proc);

            assertThatThrownBy(() -> holders.in(List.of(many), socket, Deadlines.ample()))
                    .isInstanceOf(DescriptorSearch.TooManyProcesses.class);
        }
    }

    private static HostView scan(ContainerLab lab, ProcFs proc, int most) {
        HostScanner scanner = scanner(lab.config(), proc, most, () -> 0);
        return scanner.scan(scanner.unread(), true);
    }

    private static HostScanner scanner(CgroupConfig config, ProcFs proc, int most, LongSupplier nanoTime) {
        return new HostScanner(
                new CgroupTree(config),
                Optional.empty(),
                Optional.empty(),
                new NetClasses(config),
                proc,
                new SocketLookups(proc, config.version(), Optional.empty(), false),
                most,
                nanoTime);
    }
}
