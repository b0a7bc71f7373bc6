package io.mesosiam.agent.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Looks for one link in the {@code /proc/PID/fd} of many processes by the kernel's own calls: a search over all tasks of a host reads
 * thousands of links, and the JDK's way costs more than twice as much for each. Initialising this class throws a {@link LinkageError}
 * where the calls aren't to be had ({@code getdents64} came with glibc 2.30). Not for use by two threads.
 */
public final class DescriptorScan implements AutoCloseable {
    /** What a look through a directory came to. */
    public sealed interface Outcome {
        /** The link is there, under this number. */
        record Found(int descriptor) implements Outcome {}

        record Absent() implements Outcome {}

        /** There is no link at all: the process has no descriptors, or the thread whose directory this is has ended. */
        record Empty() implements Outcome {}

        /** As many links as were allowed have been looked at. */
        record TooMany() implements Outcome {}
    }

    private static final MethodHandle GETDENTS64 =
            Libc.function("getdents64", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle READLINKAT =
            Libc.function("readlinkat", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));

    private static final int ENTRIES = 4096;

    /** Longer than {@code socket:[18446744073709551615]}; what is cut off is another link. */
    private static final int LINK = 64;

    private static final int PATH = 4096;

    /** {@code struct linux_dirent64}: inode, offset, length of the entry, type, name. */
    private static final int LENGTH_OFFSET = 16;

    private static final int NAME_OFFSET = 19;

    // made once for a whole search, and read as buffers: both are half the price of the alternatives without the
    // optimising compiler
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment state = Libc.state(arena);
    private final MemorySegment path = arena.allocate(PATH);
    private final MemorySegment entries = arena.allocate(ENTRIES, Long.BYTES);
    private final ByteBuffer entryBytes = entries.asByteBuffer().order(ByteOrder.nativeOrder());
    private final MemorySegment link = arena.allocate(LINK);
    private final ByteBuffer linkBytes = link.asByteBuffer();
    private final ByteBuffer target;

    /**
     * @param target what the link that is looked for holds, exactly
     */
    public DescriptorScan(String target) {
        this.target = ByteBuffer.wrap(target.getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Looks in one directory.
     *
     * @param limit how many links are looked at
     * @throws IOException if the directory can't be read: its process has ended
     */
    public Outcome find(String directory, int limit) throws IOException {
        path.setString(0, directory);
        int opened = Libc.open(state, path);
        try {
            return find(opened, limit);
        } finally {
            Libc.close(state, opened);
        }
    }

    private Outcome find(int directory, int limit) throws IOException {
        int looked = 0;
        for (int filled = entries(directory); filled > 0; filled = entries(directory)) {
            for (int at = 0; at < filled; at += Short.toUnsignedInt(entryBytes.getShort(at + LENGTH_OFFSET))) {
                if (entryBytes.get(at + NAME_OFFSET) == '.') {
                    continue;
                }
                if (++looked > limit) {
                    return new Outcome.TooMany();
                }
                if (isTarget(link(directory, entries.asSlice(at + NAME_OFFSET)))) {
                    return new Outcome.Found(number(at + NAME_OFFSET));
                }
            }
        }
        return looked == 0 ? new Outcome.Empty() : new Outcome.Absent();
    }

    /** A name that is a number, and ends with a zero byte. */
    private int number(int at) {
        int number = 0;
        for (int i = at; entryBytes.get(i) != 0; i++) {
            number = 10 * number + entryBytes.get(i) - '0';
        }
        return number;
    }

    private boolean isTarget(long length) {
        return length == target.limit() && linkBytes.clear().limit((int) length).equals(target);
    }

    private int entries(int directory) throws IOException {
        try {
            return (int) Libc.checked(
                    "getdents64", (long) GETDENTS64.invokeExact(state, directory, entries, (long) ENTRIES), state);
        } catch (Throwable e) {
            throw Libc.rethrown(e);
        }
    }

    /** The link's length, negative if the descriptor has been closed meanwhile. */
    private long link(int directory, MemorySegment name) throws IOException {
        try {
            return (long) READLINKAT.invokeExact(state, directory, name, link, (long) LINK);
        } catch (Throwable e) {
            throw Libc.rethrown(e);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
