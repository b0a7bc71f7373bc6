package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.agent.attest.Attestation.Ambiguous;
import io.mesosiam.agent.attest.Attestation.Attested;
import io.mesosiam.agent.attest.Attestation.NoContainer;
import io.mesosiam.agent.attest.Attestation.Unknown;
import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.cgroup.CgroupDirectory;
import io.mesosiam.agent.cgroup.CgroupTree;
import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.cgroup.ContainerGroup;
import io.mesosiam.agent.cgroup.ContainerPath;
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
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
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
        return ids(attestor.running());
    }

    private static Set<String> running(HostView view) {
        return ids(view.all());
    }

    private static Set<String> ids(Set<Container> containers) {
        return containers.stream().map(Container::id).collect(Collectors.toSet());
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

    /** Most of them have no process. */
    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void nestedContainersOfAllOutermostOnesAreBounded(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        int outermost = 12;
        for (int i = 0; i < outermost; i++) {
            for (int j = 0; j < ContainerShare.MAX_NESTED; j++) {
                Files.createDirectories(lab.groupOf("task-" + i + "/" + j).resolve("inner"));
            }
        }

        List<ContainerGroup> groups = new ArrayList<>();
        Set<String> cut = new CgroupTree(lab.config()).visitGroups(groups::add);

        assertThat(cut).hasSizeBetween(3, 5);
        Map<String, Long> nested = groups.stream()
                .filter(group -> ContainerPath.isNested(group.id()))
                .collect(Collectors.groupingBy(group -> ContainerPath.outermost(group.id()), Collectors.counting()));
        assertThat(nested).hasSize(outermost).allSatisfy((_, number) -> assertThat(number)
                .isGreaterThanOrEqualTo(8));
        assertThat(nested.values().stream().mapToLong(Long::longValue).sum()).isLessThan(9 * ContainerShare.MAX_NESTED);
        assertThat(groups.stream().mapToInt(group -> group.below().size()).sum())
                .isLessThan(9 * ContainerShare.MAX_BELOW);
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void containersBeyondTheBoundOfTheHostMayBeMissing(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        lab.container("one");
        lab.container("two");
        lab.container("three");

        assertThat(new Scans(lab.config(), 2).next().missing()).contains("not all containers are known yet");
        assertThat(new Scans(lab.config(), 2).next().containers()).hasSize(2);
        assertThat(new Scans(lab.config(), 3).next().missing()).isEmpty();
    }

    /** Each process begins another container with each move. */
    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void processesThatMoveBetweenNewGroupsAreContainersAtABoundedRate(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        LabProcess task = lab.container("task");
        LabProcess other = lab.container("other");
        Scans scans = new Scans(lab.config());
        new MovingProcesses(lab, task).useUpTheRate(scans);
        assertThat(scans.seen).contains("task", "other").hasSize(1 + ContainerStarts.AT_ONCE);

        nest(lab, other, List.of("other/nested"));
        HostView unused = scans.after(Duration.ofSeconds(1));

        assertThat(scans.seen)
                .contains("other/nested")
                .hasSize(2 + ContainerStarts.AT_ONCE + ContainerStarts.PER_SECOND);
    }

    /** The others are an honest executor's checks, for example. */
    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void nestedContainersThatWaitForTheRateComeBeforeNewerOnesAndArePending(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        LabNetwork network = lab.network();
        LabNetwork itsOwn = lab.network();
        LabProcess task = lab.container("task", network);
        Scans scans = new Scans(lab.config());
        MovingProcesses moving = new MovingProcesses(lab, task);
        moving.useUpTheRate(scans);
        Caller shared = lab.connect(lab.container("task/shared", network), network.hostAddress());
        Caller alone = lab.connect(lab.container("task/alone", itsOwn), itsOwn.hostAddress());
        Caller onHost = lab.connect(lab.container("task/on-host"), LOOPBACK);
        List<Caller> callers = List.of(shared, alone, onHost);
        HostView view = scans.next();
        assertThat(running(view)).doesNotContain("task/shared", "task/alone", "task/on-host");
        assertThat(callers)
                .allSatisfy(caller -> assertThat(scans.attest(caller)).isInstanceOf(Unknown.class));
        assertThat(scans.ownerOfASocketMadeIn(lab.groupOf("task/shared"))).isInstanceOf(Unknown.class);
        assertThat(scans.attest(lab.connect(lab.hostProcess(), LOOPBACK))).isInstanceOf(NoContainer.class);

        moving.moveOn();
        HostView later = scans.after(Duration.ofMillis(300));
        assertThat(running(later)).contains("task/shared", "task/alone", "task/on-host");

        assertThat(callers)
                .map(scans::attest)
                .map(ContainerShareTest::container)
                .containsExactly("task/shared", "task/alone", "task/on-host");
        assertThat(container(scans.ownerOfASocketMadeIn(lab.groupOf("task/shared"))))
                .isEqualTo("task/shared");
    }

    private static String container(Attestation attestation) {
        return attestation instanceof Attested attested ? attested.container().id() : attestation.toString();
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void nestedContainerWithoutAGroupThatWaitsForTheRateIsPending(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        Scans scans = new Scans(lab.config());
        new MovingProcesses(lab, lab.container("task")).useUpTheRate(scans);
        LabProcess first = lab.hostProcess();
        scans.known.add(new KnownProcess("task/alone", first.pid(), Optional.empty()));
        Caller caller = lab.connect(first, LOOPBACK);
        HostView view = scans.next();
        assertThat(running(view)).doesNotContain("task/alone");
        assertThat(scans.attestByDescent(caller)).isInstanceOf(Unknown.class);

        HostView later = scans.after(Duration.ofSeconds(10));

        assertThat(running(later)).contains("task/alone");
        assertThat(container(scans.attestByDescent(caller))).isEqualTo("task/alone");
    }

    /** Otherwise a request of the waiting container would be that of the other one, which has received the socket. */
    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void socketThatAContainerHoldsThatWaitsProvesNoOtherHolder(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        LabProcess task = lab.container("task");
        LabProcess other = lab.container("other");
        Scans scans = new Scans(lab.config());
        new MovingProcesses(lab, task).useUpTheRate(scans);
        Caller caller = lab.connect(other, LOOPBACK);
        other.run(lab.joining(Long.toString(other.fork("")), "task/late"));
        HostView unused = scans.next();

        assertThat(scans.attest(caller)).isInstanceOf(Ambiguous.class);
    }

    /** Among those of a class a socket's holder is searched first. */
    @Test
    void containerThatWaitsIsOneOfItsClass() throws IOException {
        ContainerLab lab = ContainerLab.openWithNetClasses();
        open.add(lab);
        LabProcess task = lab.container("task");
        lab.setClass("task", 0x10042);
        Scans scans = new Scans(lab.config());
        new MovingProcesses(lab, task).useUpTheRate(scans);
        lab.container("task/late");
        HostView view = scans.next();

        assertThat(running(view)).doesNotContain("task/late");
        assertThat(view.ofClass(0x10042)).map(ObservedContainer::id).contains("task", "task/late");
    }

    /** Its processes take turns in its group. */
    @Test
    void containerWhoseFirstProcessChangesStartsAtABoundedRate(@TempDir Path hierarchy) throws IOException {
        Process later = new ProcessBuilder("sleep", "3600").start();
        open.add(later::destroyForcibly);
        long[] pids = {ProcessHandle.current().pid(), later.pid()};
        Scans scans = new Scans(plain(hierarchy));
        Set<Container> seen = new HashSet<>();
        for (int turn = 0; turn < ContainerStarts.AT_ONCE; turn++) {
            plainGroup(hierarchy, "task", pids[turn % 2] + "\n");
            Container now = scans.next().container("task").orElseThrow().container();
            assertThat(seen.add(now)).isEqualTo(turn < 2);
        }

        Path leaf = plainGroup(hierarchy, "task", pids[0] + "\n");
        plainGroup(hierarchy, "other", pids[1] + "\n");
        assertThat(running(scans.next())).containsExactly("other");
        assertThat(scans.ownerOfASocketMadeIn(leaf)).isInstanceOf(Unknown.class);

        assertThat(running(scans.after(Duration.ofMillis(100)))).containsExactlyInAnyOrder("task", "other");
    }

    /** More processes than fit into what the agent reads of a file. */
    @Test
    void containerWithAnyNumberOfProcessesKeepsNoOtherFromBeingFound(@TempDir Path hierarchy) throws IOException {
        plainGroup(hierarchy, "many", "9999999\n".repeat(1 << 20));
        plainGroup(hierarchy, "other", ProcessHandle.current().pid() + "\n");

        assertThat(running(new Scans(plain(hierarchy)).next())).containsExactly("other");
    }

    /** A file system's names are bytes, and a task may make cgroups below its own. */
    @Test
    void groupWhoseNameIsNoTextHidesNoContainer(@TempDir Path hierarchy) throws Exception {
        Path leaf = plainGroup(hierarchy, "task", ProcessHandle.current().pid() + "\n");
        Process made = new ProcessBuilder("sh", "-c", "mkdir \"$0/$(printf '\\377\\376')\"", leaf.toString()).start();
        assertThat(made.waitFor()).isZero();
        plainGroup(hierarchy, "task/mesos/nested", ProcessHandle.current().pid() + "\n");

        assertThat(running(new Scans(plain(hierarchy)).next())).contains("task");
    }

    /** The rate of new containers applies after their processes are read. */
    @Test
    void newContainersOfOneOutermostContainerShareTheNumberOfProcessesThatAreRead(@TempDir Path hierarchy)
            throws IOException {
        Process later = new ProcessBuilder("sleep", "3600").start();
        open.add(later::destroyForcibly);
        long older = ProcessHandle.current().pid();
        String processes = later.pid() + "\n" + "9999999\n".repeat(HostScanner.MOST_PROCESSES - 2) + older + "\n";
        plainGroup(hierarchy, "pod/mesos/a", processes);
        plainGroup(hierarchy, "pod/mesos/b", processes);
        plainGroup(hierarchy, "other", processes);

        HostView view = new Scans(plain(hierarchy)).next();
        assertThat(List.of(firstPid(view, "pod/a"), firstPid(view, "pod/b")))
                .containsExactlyInAnyOrder(later.pid(), older);
        assertThat(firstPid(view, "other")).isEqualTo(older);
    }

    private static long firstPid(HostView view, String id) {
        return view.container(id).orElseThrow().firstPid();
    }

    @Test
    void containerWithMoreProcessesThanAreReadIsNotSearched(@TempDir Path hierarchy) throws IOException {
        Path leaf = plainGroup(hierarchy, "many", "9999999\n".repeat(HostScanner.MOST_PROCESSES + 1));
        CgroupConfig config = plain(hierarchy);
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

    /** A directory that is read as a hierarchy of cgroups v2. */
    private static CgroupConfig plain(Path hierarchy) {
        return new CgroupConfig(CgroupVersion.V2, hierarchy, Optional.empty(), "mesos", CgroupConfig.DEFAULT_PROC);
    }

    /** Makes or changes the list of a container's processes there. */
    private static Path plainGroup(Path hierarchy, String id, String processes) throws IOException {
        Path leaf =
                Files.createDirectories(hierarchy.resolve("mesos").resolve(id).resolve("leaf"));
        Files.writeString(leaf.resolve("cgroup.procs"), processes);
        return leaf;
    }

    /** Processes of the container {@code task}. With each move each of them is in another nested container, which is new. */
    private static final class MovingProcesses {
        private final ContainerLab lab;
        private final LabProcess shell;
        private final List<String> processes;
        private int from;

        MovingProcesses(ContainerLab lab, LabProcess shell) throws IOException {
            this.lab = lab;
            this.shell = shell;
            nest(lab, shell, numbered("task", 0, SOME));
            this.processes = shell.run("jobs -p").lines().toList();
        }

        void moveOn() {
            List<String> next = numbered("task", from + SOME, from + 2 * SOME);
            for (int i = 0; i < SOME; i++) {
                shell.run("echo " + processes.get(i) + " > "
                        + lab.groupOf(next.get(i)).resolve("cgroup.procs"));
            }
            numbered("task", from, from + SOME).forEach(lab::removeGroup);
            from += SOME;
        }

        /** Moves until there is no room for another container. */
        void useUpTheRate(Scans scans) {
            HostView unused = scans.next();
            while (from < ContainerStarts.AT_ONCE) {
                moveOn();
                unused = scans.next();
            }
        }
    }

    /** Scans of a host, one after the other, with a clock that the test moves. */
    private final class Scans {
        private final CgroupConfig config;
        private final ProcFs proc;
        private final SocketLookups lookups;
        private final List<KnownProcess> known = new ArrayList<>();
        private final Ancestry ancestry;
        private final HostScanner scanner;
        private final AtomicLong nanoTime = new AtomicLong();
        private HostView view;

        /** The ids of all containers that were found so far. */
        private final Set<String> seen = new HashSet<>();

        Scans(CgroupConfig config) {
            this(config, CgroupTree.MAX_CONTAINERS);
        }

        Scans(CgroupConfig config, int most) {
            this.config = config;
            this.proc = new ProcFs(config.proc());
            open.add(proc);
            this.lookups = new SocketLookups(proc, config.version(), Optional.empty(), false);
            this.ancestry = new Ancestry(() -> new KnownProcesses(known, true), proc);
            this.scanner = new HostScanner(
                    new CgroupTree(config),
                    Optional.empty(),
                    Optional.of(ancestry),
                    new NetClasses(config),
                    proc,
                    lookups,
                    most,
                    nanoTime::get);
            this.view = scanner.unread();
        }

        HostView next() {
            view = scanner.scan(view, true);
            seen.addAll(running(view));
            return view;
        }

        HostView after(Duration time) {
            nanoTime.addAndGet(time.toNanos());
            return next();
        }

        /** By the last scan, where the kernel does not report who made a socket. */
        Attestation attest(Caller caller) {
            try (SocketLookup host = lookups.ofHost()) {
                return switch (new SocketFinder(host).find(caller, view, Deadlines.ample())) {
                    case SocketFinder.Located at -> owners().of(at, view, Deadlines.ample());
                    case SocketFinder.NotLocated not -> not.attestation().get();
                    case SocketFinder.Reset() -> throw new AssertionError("the connection is reset");
                };
            }
        }

        /** The same for a container without a group. */
        Attestation attestByDescent(Caller caller) {
            try (SocketLookup host = lookups.ofHost()) {
                SocketFinder.Search found = new SocketFinder(host).find(caller, view, Deadlines.ample());
                return ancestry.of((SocketFinder.Located) found, view, Deadlines.ample());
            }
        }

        /** By the last scan, where the kernel reports the group of the maker. */
        Attestation ownerOfASocketMadeIn(Path path) throws IOException {
            long group = (Long) Files.getAttribute(path, "unix:ino");
            InetSocketAddress anyEnd = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
            try (SocketLookup host = lookups.ofHost()) {
                SocketAnswer.Found socket =
                        new SocketAnswer.Found(1, 1, 0, OptionalLong.of(group), OptionalLong.empty());
                return owners().of(
                                new SocketFinder.Located(socket, host, anyEnd, anyEnd, List.of(), true),
                                view,
                                Deadlines.ample());
            }
        }

        private SocketOwners owners() {
            return new SocketOwners(config.version(), new CgroupTree(config), proc);
        }
    }
}
