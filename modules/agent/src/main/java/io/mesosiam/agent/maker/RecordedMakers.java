package io.mesosiam.agent.maker;

import static io.mesosiam.agent.maker.Instructions.Register.R0;
import static io.mesosiam.agent.maker.Instructions.Register.R1;
import static io.mesosiam.agent.maker.Instructions.Register.R2;
import static io.mesosiam.agent.maker.Instructions.Register.R3;
import static io.mesosiam.agent.maker.Instructions.Register.R4;
import static io.mesosiam.agent.maker.Instructions.Register.R6;
import static io.mesosiam.agent.maker.Instructions.Register.STACK_END;

import io.mesosiam.agent.attest.AttestConfig;
import io.mesosiam.agent.attest.SocketMakers;
import io.mesosiam.agent.kernel.KernelMap;
import io.mesosiam.agent.kernel.OwnSocket;
import io.mesosiam.agent.kernel.SocketProgram;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * Records, for each TCP socket that any process of the host makes, the freezer cgroup in which that process is: from this
 * object's start on, until the socket is closed. It is fixed when the socket is made, whichever process holds it later, as
 * cgroups v2 has it. Thread-safe.
 *
 * <p>A socket may be missing: it is older, the table is full, or the kernel made it for a process (MPTCP's subflows). A
 * task can cause that, for its own sockets and by filling the table for others'; it can't cause a wrong entry. The kernel
 * counts the sockets that found no room, in the table itself.
 */
public final class RecordedMakers implements SocketMakers, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RecordedMakers.class.getName());

    /** Sockets at the same time on one host. An entry takes some 80 bytes of the kernel's memory. */
    private static final int MOST_SOCKETS = 524_288;

    /** {@code bpf_sock.protocol} in linux/bpf.h. */
    private static final int PROTOCOL = 12;

    private static final int IPPROTO_TCP = 6;

    // functions of the kernel, by their numbers in linux/bpf.h
    private static final int MAP_UPDATE_ELEM = 2;
    private static final int MAP_DELETE_ELEM = 3;
    private static final int GET_SOCKET_COOKIE = 46;
    private static final int GET_CURRENT_TASK_BTF = 158;

    private static final int MAP_LOOKUP_ELEM = 1;

    /** Where the table has the number of sockets that found no room: no socket has this cookie. */
    private static final long MISSED = 0;

    private static final long LATELY = Duration.ofMinutes(1).toNanos();

    private static final int KEY = -8;
    private static final int VALUE = -16;

    private final KernelMap makers;
    private final SocketProgram made;
    private final SocketProgram closed;
    private final AtomicBoolean failed = new AtomicBoolean();

    /** The number of missed sockets, and when a socket was last seen to be missed: before the start all were. */
    private final AtomicReference<Missed> missed;

    private final LongSupplier nanoTime;

    private record Missed(long sockets, long seen) {}

    private RecordedMakers(KernelMap makers, SocketProgram made, SocketProgram closed, LongSupplier nanoTime) {
        this.makers = makers;
        this.nanoTime = nanoTime;
        this.missed = new AtomicReference<>(new Missed(0, nanoTime.getAsLong()));
        this.made = made;
        this.closed = closed;
    }

    /**
     * Begins to record, and verifies it with a socket of this process.
     *
     * @param config of a host with cgroups v1
     * @throws IOException if this kernel can't do it, or this process may not
     * @throws LinkageError if foreign functions are not available
     */
    public static RecordedMakers start(AttestConfig config) throws IOException {
        Path root = config.rootOfV2()
                .orElseThrow(
                        () -> new IOException("the root of cgroups v2 is not mounted, which needs no controllers"));
        long own = config.ownGroup().orElseThrow(() -> new IOException("this process's freezer cgroup is not visible"));
        return start(root, own, KernelTypes.USUAL, MOST_SOCKETS, System::nanoTime);
    }

    /**
     * Begins to record.
     *
     * @param root the root of cgroups v2
     * @param ownGroup the inode of this process's freezer cgroup
     * @param most sockets at the same time
     */
    static RecordedMakers start(Path root, long ownGroup, Path kernelTypes, int most, LongSupplier nanoTime)
            throws IOException {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new IOException("machines that store the higher byte first aren't supported");
        }
        KernelMap makers = KernelMap.create(most + 1);
        try {
            makers.put(MISSED, 0);
            // first, so that no entry stays behind
            SocketProgram closed = SocketProgram.attach(root, SocketProgram.Event.CLOSED, forgetting(makers));
            try {
                SocketProgram made =
                        SocketProgram.attach(root, SocketProgram.Event.MADE, recording(makers, kernelTypes));
                RecordedMakers started = new RecordedMakers(makers, made, closed, nanoTime);
                try {
                    started.verify(ownGroup);
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

    /** {@code makers[cookie of the socket] = current->cgroups->subsys[freezer]->cgroup->kn->id}, for TCP. */
    private static byte[] recording(KernelMap makers, Path kernelTypes) throws IOException {
        try (KernelTypes types = KernelTypes.read(kernelTypes)) {
            // offsets that don't fit are refused by the kernel's verification
            int freezer = types.offset("css_set", "subsys") + Long.BYTES * types.constant("freezer_cgrp_id");
            Instructions record = new Instructions()
                    .move(R1, R6)
                    .call(GET_SOCKET_COOKIE)
                    .storeLong(STACK_END, KEY, R0)
                    .call(GET_CURRENT_TASK_BTF)
                    .loadLong(R1, R0, types.offset("task_struct", "cgroups"))
                    .loadLong(R1, R1, freezer)
                    .loadLong(R1, R1, types.offset("cgroup_subsys_state", "cgroup"))
                    .loadLong(R1, R1, types.offset("cgroup", "kn"))
                    .loadLong(R1, R1, types.offset("kernfs_node", "id"))
                    .storeLong(STACK_END, VALUE, R1)
                    .loadMap(R1, makers.descriptor())
                    .move(R2, STACK_END)
                    .add(R2, KEY)
                    .move(R3, STACK_END)
                    .add(R3, VALUE)
                    .move(R4, 0)
                    .call(MAP_UPDATE_ELEM)
                    .unlessEqual(R0, 0, counting(makers));
            return forTcp(record);
        } catch (IndexOutOfBoundsException e) {
            throw new IOException(kernelTypes + " is damaged", e);
        }
    }

    /** {@code makers[MISSED]++}. */
    private static Instructions counting(KernelMap makers) {
        return new Instructions()
                .move(R1, (int) MISSED)
                .storeLong(STACK_END, KEY, R1)
                .loadMap(R1, makers.descriptor())
                .move(R2, STACK_END)
                .add(R2, KEY)
                .call(MAP_LOOKUP_ELEM)
                .unlessEqual(R0, 0, new Instructions().move(R1, 1).addAtomically(R0, 0, R1));
    }

    private static byte[] forgetting(KernelMap makers) {
        return forTcp(new Instructions()
                .move(R1, R6)
                .call(GET_SOCKET_COOKIE)
                .storeLong(STACK_END, KEY, R0)
                .loadMap(R1, makers.descriptor())
                .move(R2, STACK_END)
                .add(R2, KEY)
                .call(MAP_DELETE_ELEM));
    }

    /** 1 lets the process have its socket, in any case. */
    private static byte[] forTcp(Instructions then) {
        return new Instructions()
                .move(R6, R1)
                .loadWord(R0, R6, PROTOCOL)
                .ifEqual(R0, IPPROTO_TCP, then)
                .move(R0, 1)
                .exit()
                .bytes();
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
