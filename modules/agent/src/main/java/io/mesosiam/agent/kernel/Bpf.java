package io.mesosiam.agent.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * bpf(2): maps and programs of the kernel, as descriptors. Nothing is pinned: programs and maps end with the last
 * descriptor. Structures are those of {@code union bpf_attr} (linux/bpf.h). The calls throw a {@link LinkageError}
 * if foreign functions are not available.
 */
final class Bpf {
    /** {@code enum bpf_cmd}. */
    private enum Command {
        BPF_MAP_CREATE(0),
        BPF_MAP_LOOKUP_ELEM(1),
        BPF_MAP_UPDATE_ELEM(2),
        BPF_PROG_LOAD(5),
        BPF_PROG_GET_FD_BY_ID(13),
        BPF_OBJ_GET_INFO_BY_FD(15),
        BPF_LINK_CREATE(28);

        private final int number;

        Command(int number) {
            this.number = number;
        }
    }

    static final int MAP_TYPE_HASH = 1;
    static final int MAP_TYPE_LRU_HASH = 9;
    static final int F_NO_PREALLOC = 1;

    /** Bytes; longer than each of the structures used here. The kernel wants the rest to be zero. */
    private static final long ATTRIBUTES = 120;

    private static final long EXPECTED_ATTACH_TYPE = 68;

    /** A signal for the loading thread ends the kernel's verification. */
    private static final int EAGAIN = 11;

    private static final int LOADS = 5;

    private Bpf() {}

    static MemorySegment attributes(Arena arena) {
        return arena.allocate(ATTRIBUTES, Long.BYTES);
    }

    /**
     * Makes a table of 8-byte keys and 8-byte values.
     *
     * @param type {@link #MAP_TYPE_HASH} or {@link #MAP_TYPE_LRU_HASH}
     * @param flags {@link #F_NO_PREALLOC}, which the second type doesn't have, or 0
     */
    static int map(int type, int entries, int flags) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = attributes(arena);
            attributes.set(JAVA_INT, 0, type);
            attributes.set(JAVA_INT, 4, Long.BYTES);
            attributes.set(JAVA_INT, 8, Long.BYTES);
            attributes.set(JAVA_INT, 12, entries);
            attributes.set(JAVA_INT, 16, flags);
            return (int) call(SystemCall.state(arena), Command.BPF_MAP_CREATE, attributes);
        }
    }

    /** Loads a program. The kernel verifies it. */
    static int load(byte[] instructions, int programType, int attachType) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = attributes(arena);
            attributes.set(JAVA_INT, 0, programType);
            attributes.set(JAVA_INT, 4, instructions.length / Long.BYTES);
            MemorySegment program = arena.allocate(instructions.length, Long.BYTES);
            MemorySegment.copy(instructions, 0, program, JAVA_BYTE, 0, instructions.length);
            attributes.set(ADDRESS, 8, program);
            // the kernel gives some of its functions only to programs with this licence
            attributes.set(ADDRESS, 16, arena.allocateFrom("GPL"));
            attributes.set(JAVA_INT, EXPECTED_ATTACH_TYPE, attachType);
            for (int left = LOADS; ; left--) {
                try {
                    return (int) call(SystemCall.state(arena), Command.BPF_PROG_LOAD, attributes);
                } catch (SystemCall.CallFailed e) {
                    if (e.errno != EAGAIN || left == 1) {
                        throw e;
                    }
                }
            }
        }
    }

    /** Attaches a program to a cgroup, for as long as the returned descriptor is open. */
    static int link(int program, int cgroup, int attachType) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = attributes(arena);
            attributes.set(JAVA_INT, 0, program);
            attributes.set(JAVA_INT, 4, cgroup);
            attributes.set(JAVA_INT, 8, attachType);
            return (int) call(SystemCall.state(arena), Command.BPF_LINK_CREATE, attributes);
        }
    }

    /** Opens the program with this id. */
    static int program(int id) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = attributes(arena);
            attributes.set(JAVA_INT, 0, id);
            return (int) call(SystemCall.state(arena), Command.BPF_PROG_GET_FD_BY_ID, attributes);
        }
    }

    /**
     * Reads the kernel's description of a map, program or link.
     *
     * @param into zero, except for the addresses that the kernel shall write to; the kernel's structure may be longer
     */
    static void describe(int descriptor, MemorySegment into) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = attributes(arena);
            attributes.set(JAVA_INT, 0, descriptor);
            attributes.set(JAVA_INT, 4, (int) into.byteSize());
            attributes.set(ADDRESS, 8, into);
            call(SystemCall.state(arena), Command.BPF_OBJ_GET_INFO_BY_FD, attributes);
        }
    }

    /** Reads a map's value into the segment to which {@code attributes} point. */
    static void lookup(MemorySegment state, MemorySegment attributes) throws IOException {
        call(state, Command.BPF_MAP_LOOKUP_ELEM, attributes);
    }

    /** Writes the value to which {@code attributes} point into a map. */
    static void update(MemorySegment state, MemorySegment attributes) throws IOException {
        call(state, Command.BPF_MAP_UPDATE_ELEM, attributes);
    }

    /** The attributes of a lookup and of an update. */
    static void setEntry(MemorySegment attributes, int map, MemorySegment key, MemorySegment value) {
        attributes.set(JAVA_INT, 0, map);
        attributes.set(ADDRESS, 8, key);
        attributes.set(ADDRESS, 16, value);
    }

    private static long call(MemorySegment state, Command command, MemorySegment attributes) throws IOException {
        try {
            long result =
                    SystemCall.BPF.attempt(state, command.number, attributes.address(), attributes.byteSize(), 0, 0, 0);
            return SystemCall.checked(state, result, command.name());
        } finally {
            // an arena without a close() frees what nothing refers to
            Reference.reachabilityFence(attributes);
        }
    }
}
