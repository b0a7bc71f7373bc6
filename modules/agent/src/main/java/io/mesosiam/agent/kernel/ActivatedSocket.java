package io.mesosiam.agent.kernel;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The listening socket that systemd opened, keeps, and passes to each process of the service (sd_listen_fds(3)):
 * connections that arrive while no process runs wait in its backlog.
 *
 * <p>The JDK's channels listen only on sockets that they created. So this socket replaces such a socket, under its
 * descriptor, before the server's selector first uses it. docs/decisions/0012-socket-from-the-service-manager.md has the
 * reasons and the assumption.
 */
public final class ActivatedSocket {
    static final Path OWN_DESCRIPTORS = Path.of("/proc/self/fd");

    private final InetSocketAddress address;
    private int descriptor;

    private ActivatedSocket(int descriptor, InetSocketAddress address) {
        this.descriptor = descriptor;
        this.address = address;
    }

    /**
     * The socket of a descriptor of this process.
     *
     * @throws IOException if it is no listening TCP socket
     */
    public static ActivatedSocket of(int descriptor) throws IOException {
        return new ActivatedSocket(
                descriptor,
                listening(descriptor)
                        .orElseThrow(() -> new IOException("the passed descriptor is no listening TCP socket")));
    }

    /** The address on which it listens. */
    public InetSocketAddress address() {
        return address;
    }

    /**
     * Replaces a listening socket of this process, which is closed.
     *
     * @param placeholder the address of that socket; no thread may wait for its connections yet
     */
    public void replace(InetSocketAddress placeholder) throws IOException {
        int place = descriptorOf(placeholder);
        Libc.setNonBlocking(descriptor);
        Libc.duplicate(descriptor, place);
        Libc.close(descriptor);
        descriptor = place;
    }

    private static int descriptorOf(InetSocketAddress listening) throws IOException {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(OWN_DESCRIPTORS)) {
            for (Path one : all) {
                if (listening(number(one)).filter(listening::equals).isPresent()) {
                    return number(one);
                }
            }
        }
        throw new IOException("no descriptor of this process listens on " + listening);
    }

    /** The address on which a descriptor listens, if it is a listening TCP socket. */
    static Optional<InetSocketAddress> listening(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            if (SocketCalls.socketOption(descriptor, SocketCalls.SO_PROTOCOL) != SocketCalls.IPPROTO_TCP
                    || SocketCalls.socketOption(descriptor, SocketCalls.SO_ACCEPTCONN) == 0) {
                return Optional.empty();
            }
            MemorySegment name = SocketName.allocate(arena);
            SocketCalls.socketName(descriptor, name);
            return SocketName.read(name);
        } catch (IOException noSocket) {
            return Optional.empty();
        }
    }

    static int number(Path descriptor) {
        return Integer.parseInt(descriptor.getFileName().toString());
    }
}
