package io.mesosiam.agent.maker;

import io.mesosiam.agent.attest.SocketMakers;
import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.kernel.DescriptorStore;
import io.mesosiam.agent.kernel.FreezerGroup;
import io.mesosiam.agent.kernel.KernelMap;
import io.mesosiam.agent.kernel.Libc;
import io.mesosiam.agent.kernel.OwnSocket;
import io.mesosiam.agent.kernel.SocketProgram;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * Records, for each TCP socket that any process of the host makes, the freezer cgroup in which that process is: from the
 * recording's begin on, until the socket is closed. It is fixed when the socket is made, whichever process holds it later,
 * as cgroups v2 has it. Thread-safe.
 *
 * <p>The recording outlives this process if its service manager keeps descriptors: the next process continues it.
 *
 * <p>A socket may be missing: it is older, the table is full, or the kernel made it for a process (MPTCP's subflows). A
 * task can cause that, for its own sockets and by filling the table for others'; it can't cause a wrong entry. The kernel
 * counts the sockets that found no room, in the table itself.
 */
public final class RecordedMakers implements SocketMakers, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RecordedMakers.class.getName());

    /** Sockets at the same time on one host. An entry takes some 80 bytes of the kernel's memory. */
    private static final int MOST_SOCKETS = 524_288;

    /** Where the table has the number of sockets that found no room: no socket has this cookie. */
    static final long MISSED = 0;

    /**
     * Where the table has the time at which the recording began, by the machine's monotonic clock. No socket has this
     * cookie: the kernel counts from 0 upwards, and some down from -1.
     */
    private static final long BEGUN = Long.MIN_VALUE;

    private static final int OWN_ENTRIES = 2;

    /** What the service manager keeps of a recording: the table, and the links of the two programs. */
    static final List<String> STORED = List.of("makers-table", "makers-closed", "makers-made");

    private static final long LATELY = Duration.ofMinutes(1).toNanos();

    private final KernelMap makers;
    private final SocketProgram made;
    private final SocketProgram closed;
    private final AtomicBoolean failed = new AtomicBoolean();

    /** The number of missed sockets, and when a socket was last seen to be missed: before the begin all were. */
    private final AtomicReference<Missed> missed;

    private final LongSupplier nanoTime;

    private record Missed(long sockets, long seen) {}

    private final boolean continued;

    private RecordedMakers(
            KernelMap makers,
            SocketProgram made,
            SocketProgram closed,
            boolean continued,
            long begun,
            LongSupplier nanoTime) {
        this.makers = makers;
        this.nanoTime = nanoTime;
        this.made = made;
        this.closed = closed;
        this.continued = continued;
        this.missed = new AtomicReference<>(new Missed(0, begun));
    }

    /**
     * Begins to record, and verifies it with a socket of this process. The recording ends with this process.
     *
     * @param config of a host with cgroups v1
     * @throws IOException if this kernel can't do it, or this process may not
     * @throws LinkageError if foreign functions are not available
     */
    public static RecordedMakers start(CgroupConfig config) throws IOException {
        return start(config, DescriptorStore.none());
    }

    /**
     * Continues the recording of an earlier process of this service, if the store has one, or else begins
     * another, which the store keeps.
     */
    public static RecordedMakers start(CgroupConfig config, DescriptorStore store) throws IOException {
        Path root = config.rootOfV2()
                .orElseThrow(
                        () -> new IOException("the root of cgroups v2 is not mounted, which needs no controllers"));
        long own = config.ownGroup().orElseThrow(() -> new IOException("this process's freezer cgroup is not visible"));
        return start(
                new Place(root, own, FreezerGroup.ofKernel(), MOST_SOCKETS), System::nanoTime, store.part("makers"));
    }

    /**
     * Where and how is recorded.
     *
     * @param root the root of cgroups v2
     * @param ownGroup the inode of this process's freezer cgroup
     * @param most sockets at the same time
     */
    record Place(Path root, long ownGroup, FreezerGroup group, int most) {}

    static RecordedMakers start(Place place, LongSupplier nanoTime, DescriptorStore store) throws IOException {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new IOException("machines that store the higher byte first aren't supported");
        }
        try {
            List<Integer> stored = store.take(STORED);
            if (!stored.isEmpty()) {
                return continued(stored, place, nanoTime);
            }
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "earlier recording of the makers of sockets not used, another one begins reason={0}",
                    e.getMessage());
            forgetAllIn(store);
        }
        RecordedMakers begun = begin(place, nanoTime);
        begun.keepIn(store);
        return begun;
    }

    /** Fails if there is any doubt that the descriptors are of a recording that this process could have begun. */
    private static RecordedMakers continued(List<Integer> stored, Place place, LongSupplier nanoTime)
            throws IOException {
        try {
            KernelMap makers = KernelMap.passed(stored.get(0), place.most + OWN_ENTRIES);
            SocketProgram closed = SocketProgram.passed(
                    stored.get(1), place.root, SocketProgram.Event.CLOSED, MakerPrograms.forgetting(makers), makers);
            SocketProgram made = SocketProgram.passed(
                    stored.get(2),
                    place.root,
                    SocketProgram.Event.MADE,
                    MakerPrograms.recording(makers, place.group),
                    makers);
            long begun = makers.get(BEGUN).orElseThrow(() -> new IOException("the time of its begin is not in it"));
            long now = nanoTime.getAsLong();
            RecordedMakers continued =
                    new RecordedMakers(makers, made, closed, true, begun - now > 0 ? now : begun, nanoTime);
            continued.verify(place.ownGroup);
            return continued;
        } catch (IOException | RuntimeException e) {
            stored.forEach(Libc::close);
            throw e;
        }
    }

    private static RecordedMakers begin(Place place, LongSupplier nanoTime) throws IOException {
        long begun = nanoTime.getAsLong();
        KernelMap makers = KernelMap.create(place.most + OWN_ENTRIES);
        try {
            makers.put(MISSED, 0);
            makers.put(BEGUN, begun);
            // first, so that no entry stays behind
            SocketProgram closed =
                    SocketProgram.attach(place.root, SocketProgram.Event.CLOSED, MakerPrograms.forgetting(makers));
            try {
                SocketProgram made = SocketProgram.attach(
                        place.root, SocketProgram.Event.MADE, MakerPrograms.recording(makers, place.group));
                RecordedMakers started = new RecordedMakers(makers, made, closed, false, begun, nanoTime);
                try {
                    started.verify(place.ownGroup);
                    return started;
                } catch (IOException e) {
                    made.close();
                    throw e;
                }
            } catch (IOException e) {
                closed.close();
                throw e;
            }
        } catch (IOException e) {
            makers.close();
            throw e;
        }
    }

    /** If it stays, the next process finds more than it expects, and begins anew too. */
    private static void forgetAllIn(DescriptorStore store) {
        try {
            store.forget();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "earlier recording of the makers of sockets goes on reason={0}", e.getMessage());
        }
    }

    private void keepIn(DescriptorStore store) {
        try {
            for (int i = 0; i < STORED.size(); i++) {
                store.keep(STORED.get(i), descriptors().get(i));
            }
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "recording of the makers of sockets ends with this process reason={0}",
                    e.getMessage());
        }
    }

    /** In the order of {@link #STORED}. */
    List<Integer> descriptors() {
        return List.of(makers.descriptor(), closed.descriptor(), made.descriptor());
    }

    private void verify(long ownGroup) throws IOException {
        long cookie;
        try (OwnSocket socket = OwnSocket.open()) {
            cookie = socket.cookie();
            OptionalLong recorded = makers.get(cookie);
            if (recorded.isEmpty() || recorded.getAsLong() != ownGroup) {
                throw new IOException("a socket of this process was recorded as made by "
                        + (recorded.isEmpty() ? "no cgroup" : "cgroup " + recorded.getAsLong()) + ", not by cgroup "
                        + ownGroup);
            }
        }
        if (makers.get(cookie).isPresent()) {
            throw new IOException("the kernel doesn't forget a closed socket");
        }
    }

    /** Whether it was begun by an earlier process. */
    public boolean isContinued() {
        return continued;
    }

    /**
     * Whether a descriptor is of an agent's table.
     *
     * @param description {@code /proc/PID/fdinfo/DESCRIPTOR}
     */
    public static boolean isTable(String description) {
        return description.contains(
                "map_type:\t1\nkey_size:\t8\nvalue_size:\t8\nmax_entries:\t" + (MOST_SOCKETS + OWN_ENTRIES) + "\n");
    }

    @Override
    public OptionalLong groupOf(long cookie) throws IOException {
        try {
            return makers.get(cookie);
        } catch (IOException e) {
            if (failed.compareAndSet(false, true)) {
                LOG.log(
                        Level.WARNING,
                        "makers of sockets not read, callers are answered 503 reason={0}",
                        e.getMessage());
            }
            throw e;
        }
    }

    @Override
    public boolean missedSomeLately() {
        return nanoTime.getAsLong() - missedNow().seen() < LATELY;
    }

    /** The number of sockets that found no room in the table. */
    public long missed() {
        return missedNow().sockets();
    }

    private Missed missedNow() {
        long sockets = readMissed();
        return missed.updateAndGet(
                before -> sockets > before.sockets() ? new Missed(sockets, nanoTime.getAsLong()) : before);
    }

    private long readMissed() {
        try {
            return makers.get(MISSED).orElse(0);
        } catch (IOException closed) {
            return 0;
        }
    }

    @Override
    public void close() {
        made.close();
        closed.close();
        makers.close();
    }
}
