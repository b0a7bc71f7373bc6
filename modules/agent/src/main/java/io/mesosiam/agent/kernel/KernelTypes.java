package io.mesosiam.agent.kernel;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * The types of the running kernel, as it describes them itself (BTF, Documentation/bpf/btf.rst): a header, a section of
 * types, each with its members, and a section of names. It is read outside of the heap and must be closed.
 *
 * <p>The file has some five million bytes. They are read through buffers: an access through a memory segment allocates in
 * a native image.
 */
final class KernelTypes implements AutoCloseable {
    /** Where a kernel with {@code CONFIG_DEBUG_INFO_BTF} has them. */
    static final Path USUAL = Path.of("/sys/kernel/btf/vmlinux");

    private static final short MAGIC = (short) 0xeb9f;
    private static final int HEADER = 24;
    /** Far more than a kernel has. */
    private static final long MAX_BYTES = 64L << 20;

    private static final int TYPE = 12;
    private static final int MEMBER = 12;
    private static final int ENUMERATOR = 8;

    private static final int INTEGER = 1;
    private static final int ARRAY = 3;
    private static final int STRUCT = 4;
    private static final int UNION = 5;
    private static final int ENUM = 6;
    private static final int FUNCTION = 13;
    private static final int VARIABLE = 14;
    private static final int SECTION = 15;
    private static final int TAG = 17;
    private static final int ENUM64 = 19;
    private static final int LAST_KIND = 19;

    /** How deep anonymous structures are searched for a member. */
    private static final int MAX_NESTING = 8;

    private final Arena arena;
    private final ByteBuffer types;
    private final ByteBuffer names;
    /** Where each type begins, by its number less one. */
    private final int[] starts;

    private KernelTypes(Arena arena, ByteBuffer types, ByteBuffer names) throws IOException {
        this.arena = arena;
        this.types = types;
        this.names = names;
        this.starts = starts(types);
    }

    static KernelTypes read(Path file) throws IOException {
        Arena arena = Arena.ofConfined();
        try (FileChannel channel = FileChannel.open(file)) {
            long size = channel.size();
            if (size < HEADER || size > MAX_BYTES) {
                throw new IOException(file + " has " + size + " bytes");
            }
            ByteBuffer all = arena.allocate(size, Integer.BYTES).asByteBuffer().order(ByteOrder.nativeOrder());
            while (all.hasRemaining()) {
                if (channel.read(all) < 0) {
                    throw new IOException(file + " is shorter than " + size + " bytes");
                }
            }
            return of(arena, all);
        } catch (IndexOutOfBoundsException e) {
            arena.close();
            throw new IOException(file + " is damaged", e);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private static KernelTypes of(Arena arena, ByteBuffer all) throws IOException {
        if (all.getShort(0) != MAGIC) {
            throw new IOException("it doesn't begin as BTF of this machine's byte order does");
        }
        long body = Integer.toUnsignedLong(all.getInt(4));
        return new KernelTypes(arena, section(all, body, 8), section(all, body, 16));
    }

    /** @param at where the header has the section's start and length */
    private static ByteBuffer section(ByteBuffer all, long body, int at) throws IOException {
        long start = body + Integer.toUnsignedLong(all.getInt(at));
        long length = Integer.toUnsignedLong(all.getInt(at + 4));
        if (start + length > all.capacity()) {
            throw new IOException("a section ends behind the end of the file");
        }
        return all.slice((int) start, (int) length).order(ByteOrder.nativeOrder());
    }

    private static int[] starts(ByteBuffer types) throws IOException {
        int[] starts = new int[1 << 16];
        int count = 0;
        for (int at = 0; at < types.capacity(); at += TYPE + more(types, at)) {
            if (count == starts.length) {
                starts = Arrays.copyOf(starts, count * 2);
            }
            starts[count++] = at;
        }
        return Arrays.copyOf(starts, count);
    }

    /** The bytes of a type after its first three numbers. */
    private static int more(ByteBuffer types, int at) throws IOException {
        int members = members(types, at);
        return switch (kind(types, at)) {
            case INTEGER, VARIABLE, TAG -> 4;
            case ARRAY -> 12;
            case STRUCT, UNION, SECTION, ENUM64 -> 12 * members;
            case ENUM, FUNCTION -> 8 * members;
            default -> {
                if (kind(types, at) > LAST_KIND) {
                    throw new IOException("it has types of the unknown kind " + kind(types, at));
                }
                yield 0;
            }
        };
    }

    private static int kind(ByteBuffer types, int at) {
        return types.getInt(at + 4) >>> 24 & 0x1f;
    }

    private static int members(ByteBuffer types, int at) {
        return types.getInt(at + 4) & 0xffff;
    }

    /**
     * The bytes from the start of a structure to one of its members.
     *
     * @throws IOException if this kernel has no such structure or member
     */
    int offset(String structure, String member) throws IOException {
        byte[] wanted = bytes(structure);
        for (int start : starts) {
            if (kind(types, start) == STRUCT && members(types, start) > 0 && isNamed(types.getInt(start), wanted)) {
                OptionalInt found = offset(start, bytes(member), 0);
                if (found.isPresent()) {
                    return found.getAsInt();
                }
            }
        }
        throw new IOException("this kernel has no " + structure + "." + member);
    }

    private OptionalInt offset(int start, byte[] member, int nesting) {
        // with this flag the upper byte of an offset is the length of a bit field
        boolean bitFields = types.getInt(start + 4) < 0;
        for (int i = 0; i < members(types, start); i++) {
            int at = start + TYPE + i * MEMBER;
            int bits = types.getInt(at + 8);
            int offset = (bitFields ? bits & 0xffffff : bits) / Byte.SIZE;
            int name = types.getInt(at);
            if (isNamed(name, member)) {
                return OptionalInt.of(offset);
            }
            if (isAnonymous(name) && nesting < MAX_NESTING) {
                OptionalInt inner = anonymous(types.getInt(at + 4), member, nesting + 1);
                if (inner.isPresent()) {
                    return OptionalInt.of(offset + inner.getAsInt());
                }
            }
        }
        return OptionalInt.empty();
    }

    private OptionalInt anonymous(int type, byte[] member, int nesting) {
        if (type < 1 || type > starts.length) {
            return OptionalInt.empty();
        }
        int start = starts[type - 1];
        int kind = kind(types, start);
        return kind == STRUCT || kind == UNION ? offset(start, member, nesting) : OptionalInt.empty();
    }

    /**
     * The number of a constant of an enumeration.
     *
     * @throws IOException if this kernel has no such constant
     */
    int constant(String name) throws IOException {
        byte[] wanted = bytes(name);
        for (int start : starts) {
            if (kind(types, start) == ENUM) {
                for (int i = 0; i < members(types, start); i++) {
                    int at = start + TYPE + i * ENUMERATOR;
                    if (isNamed(types.getInt(at), wanted)) {
                        return types.getInt(at + 4);
                    }
                }
            }
        }
        throw new IOException("this kernel has no " + name);
    }

    private boolean isAnonymous(int name) {
        return names.get(name) == 0;
    }

    /** @param wanted with the zero at its end */
    private boolean isNamed(int name, byte[] wanted) {
        for (int i = 0; i < wanted.length; i++) {
            if (names.get(name + i) != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    private static byte[] bytes(String name) {
        return (name + '\0').getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        arena.close();
    }
}
