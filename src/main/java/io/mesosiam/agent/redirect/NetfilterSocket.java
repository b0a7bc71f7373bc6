package io.mesosiam.agent.redirect;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A netlink socket to the packet filter of the network namespace that it was opened in; needs NET_ADMIN there. The kernel puts the answer in
 * place before sending returns, so nobody waits for long. Not for use by two threads at once.
 */
final class NetfilterSocket implements AutoCloseable {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOEXEC = 0x80003;
    private static final int NETLINK_NETFILTER = 12;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVTIMEO = 20;
    private static final int BUFFER = 8192;

    private static final FunctionDescriptor SOCKET = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final FunctionDescriptor SETSOCKOPT =
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final FunctionDescriptor TRANSFER =
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final FunctionDescriptor CLOSE = FunctionDescriptor.of(JAVA_INT, JAVA_INT);

    private final Arena arena = Arena.ofShared();
    private final MemorySegment state = arena.allocate(Calls.STATE);
    private final MemorySegment memory = arena.allocate(BUFFER, Long.BYTES);
    private final ByteBuffer bytes = memory.asByteBuffer();
    private final int descriptor;

    private NetfilterSocket(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Opens one in the calling thread's network namespace.
     *
     * @throws IOException if the kernel refuses
     * @throws LinkageError where foreign functions aren't available
     */
    static NetfilterSocket open() throws IOException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(Calls.STATE);
            int descriptor =
                    (int) Calls.SOCKET_CALL.invokeExact(state, AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_NETFILTER);
            checked("socket", descriptor, state);
            var second = arena.allocate(JAVA_LONG, 2);
            second.set(JAVA_LONG, 0, 1);
            int set = (int) Calls.SETSOCKOPT_CALL.invokeExact(
                    state, descriptor, SOL_SOCKET, SO_RCVTIMEO, second, (int) second.byteSize());
            checked("setsockopt", set, state);
            return new NetfilterSocket(descriptor);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** Where a message is written before {@link #send}, and read after {@link #receive}. */
    ByteBuffer bytes() {
        return bytes;
    }

    void send() throws IOException {
        try {
            long sent = (long) Calls.SEND_CALL.invokeExact(state, descriptor, memory, (long) bytes.limit(), 0);
            checked("send", sent, state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** Waits at most a second. */
    void receive() throws IOException {
        try {
            long length = (long) Calls.RECV_CALL.invokeExact(state, descriptor, memory, memory.byteSize(), 0);
            checked("recv", length, state);
            bytes.clear().limit((int) length);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    @Override
    public void close() {
        try {
            int ignored = (int) Calls.CLOSE_CALL.invokeExact(state, descriptor);
        } catch (Throwable e) {
            throw unchecked(e);
        }
        arena.close();
    }

    /** What a native image has to be told at its build. */
    static List<FunctionDescriptor> registered() {
        return List.of(SOCKET, SETSOCKOPT, TRANSFER, CLOSE);
    }

    private static void checked(String call, long result, MemorySegment state) throws IOException {
        if (result < 0) {
            throw new IOException(call + ": errno " + (int) Calls.ERRNO.get(state, 0L));
        }
    }

    private static IOException rethrown(Throwable e) {
        if (e instanceof IOException refused) {
            return refused;
        }
        throw unchecked(e);
    }

    private static RuntimeException unchecked(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
    }

    /** The calls themselves; apart, so that only who opens a socket meets the {@link LinkageError} where they can't be made. */
    private static final class Calls {
        private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
        private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
        private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

        private static final MethodHandle SOCKET_CALL = call("socket", SOCKET);
        private static final MethodHandle SETSOCKOPT_CALL = call("setsockopt", SETSOCKOPT);
        private static final MethodHandle SEND_CALL = call("send", TRANSFER);
        private static final MethodHandle RECV_CALL = call("recv", TRANSFER);
        private static final MethodHandle CLOSE_CALL = call("close", CLOSE);

        @SuppressWarnings("restricted") // the agent is started with native access: these few calls are what it is for
        private static MethodHandle call(String name, FunctionDescriptor descriptor) {
            var linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, CAPTURE);
        }
    }
}
