package io.mesosiam.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A table of numbers in the kernel, which programs of the kernel fill (bpf(2), {@code BPF_MAP_TYPE_HASH}). A lookup takes
 * about half a microsecond. Thread-safe.
 */
public final class KernelMap implements AutoCloseable {
    private static final int ENOENT = 2;

    private final int descriptor;
    private final ReentrantLock turn = new ReentrantLock();

    /** Freed by the garbage collector. */
    private final Arena arena = Arena.ofAuto();

    @GuardedBy("turn")
    private final MemorySegment state = NativeCalls.state(arena);

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
     * Makes an empty one.
     *
     * @param entries the most entries that it takes
     */
    public static KernelMap create(int entries) throws IOException {
        return new KernelMap(Bpf.map(entries));
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
        } catch (NativeCalls.CallFailed e) {
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
