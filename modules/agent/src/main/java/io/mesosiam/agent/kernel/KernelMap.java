package io.mesosiam.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * A table of numbers in the kernel, which programs of the kernel fill (bpf(2)). A lookup takes
 * about half a microsecond. Thread-safe.
 */
public final class KernelMap implements AutoCloseable {
    private static final int ENOENT = 2;

    /** The bytes of {@code struct bpf_map_info} (linux/bpf.h) that are read: type, id, sizes, entries, flags. */
    private static final long INFO = 24;

    private final int descriptor;
    private final ReentrantLock turn = new ReentrantLock();

    /** Freed by the garbage collector. */
    private final Arena arena = Arena.ofAuto();

    @GuardedBy("turn")
    private final MemorySegment state = SystemCall.state(arena);

    @GuardedBy("turn")
    private final MemorySegment key = arena.allocate(JAVA_LONG);

    @GuardedBy("turn")
    private final MemorySegment value = arena.allocate(JAVA_LONG);

    @GuardedBy("turn")
    private final MemorySegment attributes = Bpf.attributes(arena);

    @GuardedBy("turn")
    private boolean closed;

    private KernelMap(int descriptor) {
        this.descriptor = descriptor;
        Bpf.setEntry(attributes, descriptor, key, value);
    }

    /**
     * Makes an empty one, which takes memory for the entries that it has.
     *
     * @param entries the most entries that it takes
     */
    public static KernelMap create(int entries) throws IOException {
        return new KernelMap(Bpf.map(Bpf.MAP_TYPE_HASH, entries, Bpf.F_NO_PREALLOC));
    }

    /**
     * Makes an empty one. When a further entry has no room, it forgets an entry that was not used for a long time. It takes
     * its memory at once.
     *
     * @param entries about the most entries that it takes
     */
    public static KernelMap createForgetting(int entries) throws IOException {
        return new KernelMap(Bpf.map(Bpf.MAP_TYPE_LRU_HASH, entries, 0));
    }

    /**
     * A table that another process has created, and this process was passed.
     *
     * @param descriptor closed with this object, and by the caller if this fails
     * @param entries the most entries that it must take
     * @throws IOException if it is any other map
     */
    public static KernelMap passed(int descriptor, int entries) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            // struct bpf_map_info
            MemorySegment info = arena.allocate(INFO, Long.BYTES);
            Bpf.describe(descriptor, info);
            List<Integer> seen = IntStream.of(0, 8, 12, 16, 20)
                    .mapToObj(at -> info.get(JAVA_INT, at))
                    .toList();
            List<Integer> wanted = List.of(Bpf.MAP_TYPE_HASH, Long.BYTES, Long.BYTES, entries, Bpf.F_NO_PREALLOC);
            if (!seen.equals(wanted)) {
                throw new IOException("the table is of the kind " + seen + ", not " + wanted);
            }
        }
        return new KernelMap(descriptor);
    }

    /** The kernel's number of it. */
    int id() throws IOException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment info = scratch.allocate(INFO, Long.BYTES);
            Bpf.describe(descriptor, info);
            return info.get(JAVA_INT, 4);
        }
    }

    /** The descriptor that instructions of programs name. */
    public int descriptor() {
        return descriptor;
    }

    /** Sets the value of a key. */
    public void put(long of, long number) throws IOException {
        turn.lock();
        try {
            requireOpen();
            key.set(JAVA_LONG, 0, of);
            value.set(JAVA_LONG, 0, number);
            Bpf.update(state, attributes);
        } finally {
            turn.unlock();
        }
    }

    @GuardedBy("turn")
    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("the table is closed");
        }
    }

    /** The value of a key; empty if there is none. */
    public OptionalLong get(long of) throws IOException {
        turn.lock();
        try {
            requireOpen();
            key.set(JAVA_LONG, 0, of);
            Bpf.lookup(state, attributes);
            return OptionalLong.of(value.get(JAVA_LONG, 0));
        } catch (SystemCall.CallFailed e) {
            if (e.errno == ENOENT) {
                return OptionalLong.empty();
            }
            throw e;
        } finally {
            turn.unlock();
        }
    }

    @Override
    public void close() {
        turn.lock();
        try {
            if (!closed) {
                closed = true;
                Libc.close(descriptor);
            }
        } finally {
            turn.unlock();
        }
    }
}
