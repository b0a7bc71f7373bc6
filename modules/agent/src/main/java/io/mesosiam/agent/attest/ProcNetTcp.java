package io.mesosiam.agent.attest;

import io.mesosiam.pause.Deadline;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Finds a socket in {@code /proc/PID/net/tcp} and {@code tcp6} (proc_pid_net(5)), if foreign functions are not
 * available. It reads every socket of the namespace and takes 1 to 2 µs for each.
 */
final class ProcNetTcp implements SocketLookup {
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    private final Supplier<Path> net;
    private final BooleanSupplier stillThere;
    private final Optional<SocketMakers> makers;

    /**
     * Opens the tables.
     *
     * @param net {@code /proc/PID/net} of a process in the namespace
     * @param stillThere whether that process is still in the namespace: its pid may have been reused by a process with
     *     other sockets
     */
    ProcNetTcp(Path net, BooleanSupplier stillThere) {
        this(() -> net, stillThere, Optional.empty());
    }

    /**
     * Opens the tables of a directory that can change.
     *
     * @param net returns the directory of a living thread, at each read
     * @param makers the record of this host, in which the sockets found here can't be looked up
     */
    ProcNetTcp(Supplier<Path> net, BooleanSupplier stillThere, Optional<SocketMakers> makers) {
        this.net = net;
        this.stillThere = stillThere;
        this.makers = makers;
    }

    @Override
    public Optional<SocketMakers> makers() {
        return makers;
    }

    @Override
    public boolean readsFiles() {
        return true;
    }

    @Override
    public SocketAnswer find(InetSocketAddress source, InetSocketAddress destination, Deadline deadline) {
        SocketAnswer answer = read(source, destination, deadline);
        return stillThere.getAsBoolean() ? answer : new SocketAnswer.Failed("the process has left the namespace");
    }

    private SocketAnswer read(InetSocketAddress source, InetSocketAddress destination, Deadline deadline) {
        try {
            boolean v4 = source.getAddress().getAddress().length == Integer.BYTES;
            if (v4) {
                SocketAnswer plain = search("tcp", ends(source, destination), deadline);
                if (!(plain instanceof SocketAnswer.Absent)) {
                    return plain;
                }
            }
            // dual-stack sockets that use IPv4 are listed among IPv6's, with mapped addresses
            return search("tcp6", ends(source, destination), deadline);
        } catch (IOException e) {
            return new SocketAnswer.Failed("can't read the namespace's sockets: " + e.getMessage());
        }
    }

    private SocketAnswer search(String table, Ends ends, Deadline deadline) throws IOException {
        String wanted = table.equals("tcp") ? ends.plain() : ends.v6();
        Path tables = net.get();
        try (BufferedReader lines = Files.newBufferedReader(tables.resolve(table), StandardCharsets.US_ASCII)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.contains(wanted)) {
                    return parseLine(line).orElse(new SocketAnswer.Absent());
                }
                if (deadline.isOver()) {
                    return new SocketAnswer.Failed("the namespace's sockets were not read in time");
                }
            }
        } catch (NoSuchFileException e) {
            // without IPv6 there is only the first table; if both are missing, the thread has ended
            if (Files.notExists(tables.resolve("tcp"))) {
                throw e;
            }
            return new SocketAnswer.Absent();
        }
        return new SocketAnswer.Absent();
    }

    /** Fields: number, local end, remote end, state, queues, timer, retransmits, user, timeout, inode. */
    static Optional<SocketAnswer> parseLine(String line) {
        String[] fields = line.strip().split("\\s+", -1);
        if (fields.length < 10) {
            return Optional.empty();
        }
        try {
            long inode = Long.parseLong(fields[9]);
            return TcpState.canBeCalling(Integer.parseInt(fields[3], 16)) && inode != 0
                    ? Optional.of(new SocketAnswer.Found(
                            inode, inode, Long.parseLong(fields[7]), OptionalLong.empty(), OptionalLong.empty()))
                    : Optional.of(new SocketAnswer.Absent());
        } catch (NumberFormatException e) {
            return Optional.of(new SocketAnswer.Failed("a line of the socket table can't be read"));
        }
    }

    private static Ends ends(InetSocketAddress source, InetSocketAddress destination) {
        return new Ends(
                " " + text(source, false) + " " + text(destination, false) + " ",
                " " + text(source, true) + " " + text(destination, true) + " ");
    }

    /** Addresses are 32-bit integers in the host's byte order, ports plain: {@code 0100007F:1F90}. */
    private static String text(InetSocketAddress end, boolean v6) {
        byte[] address = v6 ? widened(end.getAddress()) : end.getAddress().getAddress();
        StringBuilder text = new StringBuilder();
        ByteBuffer integers = ByteBuffer.wrap(address).order(ByteOrder.nativeOrder());
        while (integers.hasRemaining()) {
            text.append(String.format(Locale.ROOT, "%08X", integers.getInt()));
        }
        return text.append(String.format(Locale.ROOT, ":%04X", end.getPort())).toString();
    }

    private static byte[] widened(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == 16
                ? bytes
                : ByteBuffer.allocate(16).put(MAPPED).put(bytes).array();
    }

    @Override
    public void close() {
        // holds nothing open
    }

    private record Ends(String plain, String v6) {}
}
