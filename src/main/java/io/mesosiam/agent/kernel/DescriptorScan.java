package io.mesosiam.agent.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * Looks through a {@code /proc/PID/fd} by the kernel's own calls: a search over all tasks of a host reads thousands of links, and the
 * JDK's way costs more than twice as much for each. Initialising this class throws a {@link LinkageError} where the calls aren't to be
 * had ({@code getdents64} came with glibc 2.30).
 */
public final class DescriptorScan {
    /** What a look through a directory came to. */
    public enum Outcome {
        FOUND,
        ABSENT,
        /** As many links as were allowed have been looked at. */
        TOO_MANY
    }

    private static final MethodHandle GETDENTS64 =
            Libc.function("getdents64", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle READLINKAT =
            Libc.function("readlinkat", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));

    private static final long ENTRIES = 4096;

    /** Longer than {@code socket:[18446744073709551615]}; what is cut off is another link. */
    private static final long LINK = 64;

    /** {@code struct linux_dirent64}: inode, offset, length of the entry, type, name. */
    private static final long LENGTH_OFFSET = 16;

    private static final long NAME_OFFSET = 19;

    private DescriptorScan() {}

    /**
     * Looks in a directory for a link with exactly this target.
     *
     * @param limit how many links are looked at
     * @throws IOException if the directory can't be read: its process has ended
     */
    public static Outcome find(String target, String directory, int limit) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            int opened = Libc.open(state, arena.allocateFrom(directory));
            try {
                return find(target, arena, state, opened, limit);
            } finally {
                Libc.close(state, opened);
            }
        }
    }

    private static Outcome find(String target, Arena arena, MemorySegment state, int directory, int limit)
            throws IOException {
        MemorySegment entries = arena.allocate(ENTRIES, Long.BYTES);
        MemorySegment link = arena.allocate(LINK);
        MemorySegment wanted = MemorySegment.ofArray(target.getBytes(StandardCharsets.US_ASCII));
        int looked = 0;
        for (long filled = entries(state, directory, entries);
                filled > 0;
                filled = entries(state, directory, entries)) {
            for (long at = 0; at < filled; at += Short.toUnsignedInt(entries.get(JAVA_SHORT, at + LENGTH_OFFSET))) {
                if (entries.get(JAVA_BYTE, at + NAME_OFFSET) == '.') {
                    continue;
                }
                if (++looked > limit) {
                    return Outcome.TOO_MANY;
                }
                long length = link(state, directory, entries.asSlice(at + NAME_OFFSET), link);
                if (length == wanted.byteSize() && MemorySegment.mismatch(link, 0, length, wanted, 0, length) < 0) {
                    return Outcome.FOUND;
                }
            }
        }
        return Outcome.ABSENT;
    }

    private static long entries(MemorySegment state, int directory, MemorySegment into) throws IOException {
        try {
            return Libc.checked(
                    "getdents64", (long) GETDENTS64.invokeExact(state, directory, into, into.byteSize()), state);
        } catch (Throwable e) {
            throw Libc.rethrown(e);
        }
    }

    /** The link's length, negative if the descriptor has been closed meanwhile. */
    private static long link(MemorySegment state, int directory, MemorySegment name, MemorySegment into)
            throws IOException {
        try {
            return (long) READLINKAT.invokeExact(state, directory, name, into, into.byteSize());
        } catch (Throwable e) {
            throw Libc.rethrown(e);
        }
    }
}
