package io.mesosiam.agent.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lists the connections that this process has accepted on a port, from its descriptors, because the JDK's HTTP server
 * does not list them. Initialising this class throws a {@link LinkageError} if foreign functions are not available.
 */
public final class OpenConnections {
    /**
     * One accepted connection.
     *
     * @param descriptor its number when it was listed; another connection can have that number later
     * @param cookie of the socket; never reused
     * @param silent whether nothing was received on it so far
     * @param idle time since the kernel last sent or received data on it, or since it was opened
     */
    public record Connection(
            int descriptor,
            long cookie,
            InetSocketAddress remote,
            InetSocketAddress local,
            boolean silent,
            Duration idle) {}

    private static final MethodHandle GETPEERNAME =
            NativeCalls.function("getpeername", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle SHUTDOWN =
            NativeCalls.function("shutdown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    private static final int SHUT_RDWR = 2;
    private static final int SO_COOKIE = 57;

    /** {@code TCP_INFO} of tcp(7), and the used fields of {@code struct tcp_info} (linux/tcp.h). */
    private static final int TCP_INFO = 11;

    private static final int TCP_INFO_LENGTH = 136;
    private static final long MILLIS_SINCE_SENT = 44;
    private static final long MILLIS_SINCE_RECEIVED = 52;
    private static final long BYTES_RECEIVED = 128;

    private OpenConnections() {}

    /**
     * The number of open descriptors of this process: on Linux 6.2 and later the size of the directory, else the number
     * of its entries.
     *
     * @throws IOException if {@code /proc} can't be read
     */
    public static int descriptors() throws IOException {
        long size = Files.size(ActivatedSocket.OWN_DESCRIPTORS);
        if (size > 0) {
            return Math.toIntExact(size);
        }
        int entries = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(ActivatedSocket.OWN_DESCRIPTORS)) {
            for (Path ignored : all) {
                entries++;
            }
        }
        return entries;
    }

    /**
     * All connections of a port.
     *
     * @throws IOException if {@code /proc} can't be read
     */
    public static List<Connection> on(int port) throws IOException {
        List<Connection> found = new ArrayList<>();
        try (Arena arena = Arena.ofConfined();
                DirectoryStream<Path> all = Files.newDirectoryStream(ActivatedSocket.OWN_DESCRIPTORS)) {
            Buffers buffers = new Buffers(arena);
            for (Path one : all) {
                buffers.connection(ActivatedSocket.number(one), port).ifPresent(found::add);
            }
        }
        return found;
    }

    /**
     * Shuts a connection down in both directions. Its descriptor stays open until its owner reads the end and closes
     * it.
     *
     * @return false if the connection is closed already
     */
    public static boolean end(Connection connection) {
        try (Arena arena = Arena.ofConfined()) {
            // another connection may have this number now: comparison and shutdown use the same duplicate
            int same = Libc.duplicate(connection.descriptor());
            try {
                return new Buffers(arena).cookie(same) == connection.cookie() && shutdown(arena, same);
            } finally {
                Libc.close(same);
            }
        } catch (IOException closed) {
            return false;
        }
    }

    private static boolean shutdown(Arena arena, int descriptor) throws IOException {
        try {
            return (int) SHUTDOWN.invokeExact(NativeCalls.state(arena), descriptor, SHUT_RDWR) == 0;
        } catch (Throwable e) {
            throw NativeCalls.rethrown(e);
        }
    }

    /** The buffers for the kernel's answers, allocated once for a scan of all descriptors. */
    private static final class Buffers {
        private final MemorySegment state;
        private final MemorySegment name;
        private final MemorySegment nameLength;
        private final MemorySegment cookie;
        private final MemorySegment info;

        Buffers(Arena arena) {
            state = NativeCalls.state(arena);
            name = SocketName.allocate(arena);
            nameLength = arena.allocate(JAVA_INT);
            cookie = arena.allocate(JAVA_LONG);
            info = arena.allocate(TCP_INFO_LENGTH, Long.BYTES);
        }

        /**
         * The accepted connection of this port with this descriptor; empty for all others, and if it is being closed.
         */
        Optional<Connection> connection(int descriptor, int port) {
            try {
                Optional<InetSocketAddress> remote = peer(descriptor);
                if (remote.isEmpty()) {
                    return Optional.empty();
                }
                SocketCalls.socketName(descriptor, name);
                Optional<InetSocketAddress> local = SocketName.read(name).filter(address -> address.getPort() == port);
                if (local.isEmpty()) {
                    return Optional.empty();
                }
                int ignored =
                        SocketCalls.socketOption(descriptor, SocketCalls.IPPROTO_TCP, TCP_INFO, info.fill((byte) 0));
                return Optional.of(new Connection(
                        descriptor,
                        cookie(descriptor),
                        remote.get(),
                        local.get(),
                        info.get(JAVA_LONG, BYTES_RECEIVED) == 0,
                        idle()));
            } catch (IOException closed) {
                return Optional.empty();
            }
        }

        /** The peer, without an exception if there is none: most descriptors are no connections. */
        private Optional<InetSocketAddress> peer(int descriptor) throws IOException {
            nameLength.set(JAVA_INT, 0, (int) name.byteSize());
            try {
                return (int) GETPEERNAME.invokeExact(state, descriptor, name, nameLength) == 0
                        ? SocketName.read(name)
                        : Optional.empty();
            } catch (Throwable e) {
                throw NativeCalls.rethrown(e);
            }
        }

        long cookie(int descriptor) throws IOException {
            int ignored = SocketCalls.socketOption(descriptor, SocketCalls.SOL_SOCKET, SO_COOKIE, cookie);
            return cookie.get(JAVA_LONG, 0);
        }

        private Duration idle() {
            return Duration.ofMillis(Math.min(
                    Integer.toUnsignedLong(info.get(JAVA_INT, MILLIS_SINCE_SENT)),
                    Integer.toUnsignedLong(info.get(JAVA_INT, MILLIS_SINCE_RECEIVED))));
        }
    }
}
