package io.mesosiam.agent.kernel;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The listening socket that the service manager opened, keeps, and hands to each process of the service (sd_listen_fds(3)): connections that
 * come while none of them runs wait in its backlog.
 *
 * <p>The JDK's servers only listen on sockets that they made themselves. So this one takes the place of such a socket, under its descriptor, before
 * the server's first look at it; and when the server is to accept no more while it still answers, its selector is told to look at it no
 * longer. docs/decisions/0012-socket-from-the-service-manager.md says why, and what that relies on.
 */
public final class ActivatedSocket {
    private static final int FIRST_DESCRIPTOR = 3;
    static final Path OWN_DESCRIPTORS = Path.of("/proc/self/fd");
    private static final Path OWN_DESCRIPTOR_FACTS = Path.of("/proc/self/fdinfo");

    private final InetSocketAddress address;
    private int descriptor;

    private ActivatedSocket(int descriptor, InetSocketAddress address) {
        this.descriptor = descriptor;
        this.address = address;
    }

    /**
     * What this process was handed.
     *
     * @param environment as it was started with
     * @return empty if nothing was meant for this process
     * @throws IOException if it is anything but one listening TCP socket
     */
    public static Optional<ActivatedSocket> receive(Function<String, @Nullable String> environment) throws IOException {
        String pid = environment.apply("LISTEN_PID");
        if (pid == null || !pid.equals(Long.toString(ProcessHandle.current().pid()))) {
            return Optional.empty();
        }
        String count = environment.apply("LISTEN_FDS");
        if (!"1".equals(count)) {
            throw new IOException("one socket has to be handed over, LISTEN_FDS is " + count);
        }
        try {
            return Optional.of(of(FIRST_DESCRIPTOR));
        } catch (LinkageError e) {
            throw new IOException("a socket was handed over, but foreign functions aren't available", e);
        }
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
                        .orElseThrow(() -> new IOException("what was handed over is no listening TCP socket")));
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return address;
    }

    /**
     * Puts it in the place of a listening socket of this process, which is closed.
     *
     * @param placeholder where that one listens; nobody may wait for its connections yet
     */
    public void replace(InetSocketAddress placeholder) throws IOException {
        int place = descriptorOf(placeholder);
        Libc.setNonBlocking(descriptor);
        Libc.duplicate(descriptor, place);
        Libc.close(descriptor);
        descriptor = place;
    }

    /** From now on nothing is accepted from it; who connects waits for the next process. Connections that were accepted go on. */
    public void stopAccepting() throws IOException {
        // how an epoll instance lists what it watches: proc(5)
        Pattern watched = Pattern.compile("tfd: +" + descriptor + " .*");
        try (DirectoryStream<Path> all = Files.newDirectoryStream(OWN_DESCRIPTOR_FACTS)) {
            for (Path facts : all) {
                if (text(facts).lines().anyMatch(line -> watched.matcher(line).matches())) {
                    Libc.unwatch(number(facts), descriptor);
                }
            }
        }
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

    /** Where a descriptor listens, if it is a TCP socket that does. */
    static Optional<InetSocketAddress> listening(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            if (Libc.socketOption(descriptor, Libc.SO_PROTOCOL) != Libc.IPPROTO_TCP
                    || Libc.socketOption(descriptor, Libc.SO_ACCEPTCONN) == 0) {
                return Optional.empty();
            }
            MemorySegment name = SocketName.allocate(arena);
            Libc.socketName(descriptor, name);
            return SocketName.read(name);
        } catch (IOException noSocket) {
            return Optional.empty();
        }
    }

    static int number(Path descriptor) {
        return Integer.parseInt(descriptor.getFileName().toString());
    }

    private static String text(Path facts) {
        try {
            return Files.readString(facts);
        } catch (IOException closed) {
            return "";
        }
    }
}
