package io.mesosiam.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Notifies the service manager (sd_notify(3)): that this process is ready, and of descriptors that it shall keep. With
 * systemd and {@code Type=notify}, units that are ordered after this one start when it is ready.
 *
 * @param socket the manager's socket: a path, or an abstract name that begins with {@code @}
 */
public record SystemdNotify(String socket) {
    /** {@code struct sockaddr_un} (unix(7)): family, then the path, which is shorter than this. */
    private static final int MAX_NAME = 108;

    private static final long NAME_OFFSET = 2;

    /** The service manager that waits, from the environment; empty if none does. */
    public static Optional<SystemdNotify> fromEnvironment(Function<String, @Nullable String> environment) {
        return Optional.ofNullable(environment.apply("NOTIFY_SOCKET")).map(SystemdNotify::new);
    }

    /**
     * Reports that this process is ready.
     *
     * @throws IOException if the notification can't be sent
     */
    public void ready() throws IOException {
        send("READY=1");
    }

    /** Has the manager keep a descriptor for the next process of the service, whatever poll(2) says about it. */
    void keep(String name, int descriptor) throws IOException {
        send("FDSTORE=1\nFDNAME=" + name + "\nFDPOLL=0", descriptor);
    }

    /** Has the manager close all descriptors that it keeps under this name. */
    void forget(String name) throws IOException {
        send("FDSTOREREMOVE=1\nFDNAME=" + name);
    }

    private void send(String message, int... passed) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = address(arena);
            int descriptor =
                    SocketCalls.socket(SocketCalls.AF_UNIX, SocketCalls.SOCK_DGRAM | SocketCalls.SOCK_CLOEXEC, 0);
            try {
                SocketCalls.connect(descriptor, address);
                SocketCalls.sendMessage(
                        descriptor, arena.allocateFrom(JAVA_BYTE, message.getBytes(StandardCharsets.US_ASCII)), passed);
            } finally {
                Libc.close(descriptor);
            }
        } catch (IOException | LinkageError e) {
            throw new IOException(
                    "the service manager waits at " + socket + ", and can't be notified: " + e.getMessage(), e);
        }
    }

    private MemorySegment address(Arena arena) throws IOException {
        byte[] name = socket.getBytes(StandardCharsets.UTF_8);
        if (name.length == 0 || name.length >= MAX_NAME || (name[0] != '/' && name[0] != '@')) {
            throw new IOException("not the name of a Unix socket");
        }
        if (name[0] == '@') {
            name[0] = 0;
        }
        MemorySegment address = arena.allocate(NAME_OFFSET + name.length, Short.BYTES);
        address.set(JAVA_SHORT, 0, (short) SocketCalls.AF_UNIX);
        MemorySegment.copy(name, 0, address, JAVA_BYTE, NAME_OFFSET, name.length);
        return address;
    }
}
