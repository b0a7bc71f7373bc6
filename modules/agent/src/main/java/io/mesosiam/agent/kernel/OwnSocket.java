package io.mesosiam.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A TCP socket of this process that is connected to nothing. */
public final class OwnSocket implements AutoCloseable {
    private static final int SOCK_STREAM = 1;
    private static final int SO_COOKIE = 57;

    private final int descriptor;

    private OwnSocket(int descriptor) {
        this.descriptor = descriptor;
    }

    public static OwnSocket open() throws IOException {
        return new OwnSocket(SocketCalls.socket(
                SocketCalls.AF_INET, SOCK_STREAM | SocketCalls.SOCK_CLOEXEC, SocketCalls.IPPROTO_TCP));
    }

    /** The number that the kernel gives no other socket until it is started again. */
    public long cookie() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cookie = arena.allocate(JAVA_LONG);
            int ignored = SocketCalls.socketOption(descriptor, SocketCalls.SOL_SOCKET, SO_COOKIE, cookie);
            return cookie.get(JAVA_LONG, 0);
        }
    }

    @Override
    public void close() {
        Libc.close(descriptor);
    }
}
