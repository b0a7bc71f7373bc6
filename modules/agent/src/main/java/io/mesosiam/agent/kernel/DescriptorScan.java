package io.mesosiam.agent.kernel;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Searches the {@code /proc/PID/fd} of many processes for one link, with system calls. A search over all tasks of a
 * host reads thousands of links, and the JDK's API takes more than twice as long for each. Making one throws a {@link
 * LinkageError} if foreign functions are not available. Not thread-safe.
 */
public final class DescriptorScan implements AutoCloseable {
    /** The result of a search in one directory. */
    public sealed interface Outcome {
        /** The link was found, with this descriptor number. */
        record Found(int descriptor) implements Outcome {}

        record Absent() implements Outcome {}

        /** There are no links: the process has no descriptors, or the thread that the directory belongs to has ended. */
        record Empty() implements Outcome {}

        /** The limit was reached before the link was found. */
        record TooMany() implements Outcome {}
    }

    private static final int ENTRIES = 4096;

    /** Longer than {@code socket:[18446744073709551615]}; a truncated link is another one. */
    private static final int LINK = 64;

    private static final int PATH = 4096;

    /** {@code struct linux_dirent64}: inode, offset, length of the entry, type, name. */
    private static final int LENGTH_OFFSET = 16;

    private static final int NAME_OFFSET = 19;

    // allocated once for a whole search, and read as buffers: both cost half of the alternatives without the optimising
    // compiler
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment state = SystemCall.state(arena);
    private final MemorySegment path = arena.allocate(PATH);
    private final MemorySegment entries = arena.allocate(ENTRIES, Long.BYTES);
    private final ByteBuffer entryBytes = entries.asByteBuffer().order(ByteOrder.nativeOrder());
    private final MemorySegment link = arena.allocate(LINK);
    private final ByteBuffer linkBytes = link.asByteBuffer();
    private final ByteBuffer target;

    /**
     * Creates a search.
     *
     * @param target the exact text of the link
     */
    public DescriptorScan(String target) {
        this.target = ByteBuffer.wrap(target.getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Searches one directory.
     *
     * @param limit the most links that are read
     * @throws IOException if the directory can't be read because its process has ended
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

    /** The number that an entry's name consists of; the name ends with a zero byte. */
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
        return (int) SystemCall.GETDENTS64.call(state, directory, entries.address(), ENTRIES);
    }

    /** The link's length; negative if the descriptor has been closed since. */
    private long link(int directory, MemorySegment name) {
        return SystemCall.READLINKAT.attempt(state, directory, name.address(), link.address(), LINK, 0, 0);
    }

    @Override
    public void close() {
        arena.close();
    }
}
