package io.mesosiam.agent.connect;

import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.kernel.DescriptorStore;
import io.mesosiam.agent.kernel.FreezerGroup;
import io.mesosiam.agent.kernel.KernelMap;
import io.mesosiam.agent.kernel.Libc;
import io.mesosiam.agent.kernel.SocketProgram;
import io.mesosiam.agent.kernel.SocketProgram.Event;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/**
 * The kernel's limit of the connections that a container opens to the agent: a rate, and {@value #BURST} at once. A
 * connection beyond it is refused at connect(2), with EPERM, so that it never stands in the agent's listening queue
 * before another container's. Each outermost container has one bucket with all nested in it, whatever networks, addresses
 * and users its processes have. Processes of no container are not limited. Thread-safe.
 *
 * <p>It protects the agent's time, and nothing else depends on it: what gets around it (a process that moves between
 * cgroups, makes its own packets, or has its own network translate addresses) meets the agent's own limits.
 */
public final class ConnectLimit implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ConnectLimit.class.getName());

    /**
     * Connections at once of a container. The agent takes about 10 ms to accept that many and to answer them, which
     * is how long another container's connection may stand behind them.
     */
    public static final int BURST = 64;

    /** Containers with a bucket; each takes 64 bytes of the kernel's memory. */
    private static final int BUCKETS = 16_384;

    /** What the service manager keeps while the agent restarts: the links of the two programs. */
    static final List<String> STORED = List.of("connects-4", "connects-6");

    private final List<Path> roots;
    private final Facts facts;
    private final KernelMap buckets;
    private final List<SocketProgram> programs = new ArrayList<>();

    private ConnectLimit(List<Path> roots, Facts facts, KernelMap buckets) {
        this.roots = roots;
        this.facts = facts;
        this.buckets = buckets;
    }

    /**
     * Begins to limit, in the place of an earlier process of this service: its programs run until then.
     *
     * @param containers cgroups below which each container has its own, relative to the hierarchy (on v2)
     * @param perSecond connections of a container, more than 0
     * @throws IOException if this kernel can't do it, or this process may not; then nothing is limited
     * @throws LinkageError if foreign functions are not available
     */
    public static ConnectLimit start(
            CgroupConfig cgroups,
            List<String> containers,
            Destinations destinations,
            int perSecond,
            DescriptorStore store)
            throws IOException {
        DescriptorStore stored = store.part("connects");
        List<Integer> earlier = stored.takeAll();
        try {
            ConnectLimit limit = start(cgroups, containers, destinations, perSecond);
            forgetIn(stored);
            limit.keepIn(stored);
            return limit;
        } catch (IOException | RuntimeException | LinkageError e) {
            forgetIn(stored);
            throw e;
        } finally {
            earlier.forEach(Libc::close);
        }
    }

    /** Ends the limit of an earlier process of this service. */
    public static void end(DescriptorStore store) {
        DescriptorStore stored = store.part("connects");
        forgetIn(stored);
        stored.takeAll().forEach(Libc::close);
    }

    /** Begins to limit, until this object is closed. */
    public static ConnectLimit start(
            CgroupConfig cgroups, List<String> containers, Destinations destinations, int perSecond)
            throws IOException {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new IOException("machines that store the higher byte first aren't supported");
        }
        Path root = cgroups.rootOfV2()
                .orElseThrow(
                        () -> new IOException("the root of cgroups v2 is not mounted, which needs no controllers"));
        boolean v1 = cgroups.version() == CgroupVersion.V1;
        List<Path> groups = v1
                ? List.of()
                : containers.stream()
                        .map(Path::of)
                        // of two that contain a process the deeper one counts
                        .sorted(Comparator.comparingInt(Path::getNameCount))
                        .toList();
        KernelMap buckets = KernelMap.createForgetting(BUCKETS);
        Facts facts;
        try {
            facts = Facts.create(groups.size());
        } catch (IOException e) {
            buckets.close();
            throw e;
        }
        ConnectLimit limit = new ConnectLimit(groups.stream().map(root::resolve).toList(), facts, buckets);
        try {
            ContainerGroups members = v1
                    ? new ContainerGroups.OfFreezer(FreezerGroup.ofKernel(), levelOfContainers(cgroups))
                    : new ContainerGroups.BelowRoots(
                            facts, groups.stream().map(Path::getNameCount).toList());
            ConnectProgram program =
                    new ConnectProgram(destinations, members, buckets, facts, perSecond, Math.min(BURST, perSecond));
            limit.findGroups();
            for (Event event : List.of(Event.CONNECTS, Event.CONNECTS_6)) {
                limit.programs.add(SocketProgram.attach(root, event, program.code(event)));
            }
            return limit;
        } catch (IOException | RuntimeException e) {
            limit.close();
            throw e;
        }
    }

    /**
     * Directly below Mesos's root. Where only a part of the hierarchy is mounted, its depth is not known, and each cgroup
     * counts by itself.
     */
    private static int levelOfContainers(CgroupConfig cgroups) {
        return cgroups.showsWholeFreezer() ? 1 + Path.of(cgroups.cgroupRoot()).getNameCount() : Short.MAX_VALUE;
    }

    private void keepIn(DescriptorStore store) {
        try {
            for (int i = 0; i < STORED.size(); i++) {
                store.keep(STORED.get(i), programs.get(i).descriptor());
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "kernel limits no connections while the agent restarts reason={0}", e.getMessage());
        }
    }

    private static void forgetIn(DescriptorStore store) {
        try {
            store.forget();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "kernel limits connections as an earlier agent did reason={0}", e.getMessage());
        }
    }

    /** In the order of {@link #STORED}. */
    List<Integer> descriptors() {
        return programs.stream().map(SocketProgram::descriptor).toList();
    }

    /** To be called after containers have started: the cgroups below which they are may have been made. */
    public void findGroups() {
        try {
            for (int i = 0; i < roots.size(); i++) {
                if (Files.exists(roots.get(i))) {
                    facts.table().put(Facts.FIRST_ROOT + i, (long) Files.getAttribute(roots.get(i), "unix:ino"));
                }
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "connections of containers may not be limited reason={0}", e.getMessage());
        }
    }

    /** How many connections were refused. */
    public long refused() {
        return read(Facts.REFUSED);
    }

    /** The cgroup whose connection was refused last: the inode of its directory. */
    public OptionalLong lastRefused() {
        long group = read(Facts.LAST);
        return group == 0 ? OptionalLong.empty() : OptionalLong.of(group);
    }

    private long read(int fact) {
        try {
            return facts.table().get(fact).orElse(0);
        } catch (IOException closed) {
            return 0;
        }
    }

    @Override
    public void close() {
        programs.forEach(SocketProgram::close);
        buckets.close();
        facts.table().close();
    }
}
