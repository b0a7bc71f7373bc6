package io.mesosiam.fakes;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * TCP ports that a test chooses before a program listens on them, or on which nothing is to listen. No other test gets the same one, in this
 * JVM or in one beside it, and the kernel gives it to no connection.
 *
 * <p>A claim is a UDP socket bound to the same number: binding is atomic for all processes of the host, and the kernel ends the claim with the
 * process.
 */
public final class TestPort {
    /** The sandbox chooses its ports below. */
    private static final int LOWEST = 20_000;

    private static final int HIGHEST = 65_535;

    @GuardedBy("CLAIMS")
    private static final List<DatagramChannel> CLAIMS = new ArrayList<>();

    private TestPort() {}

    /** Ports from the first to the last, both included; none if the last one is the smaller one. */
    record Range(int first, int last) {
        int size() {
            return Math.max(0, last - first + 1);
        }

        /** The larger part of the tests' ports that is below or above this range; all of them if this range leaves none. */
        Range rest() {
            Range below = new Range(LOWEST, Math.min(first - 1, HIGHEST));
            Range above = new Range(Math.max(last + 1, LOWEST), HIGHEST);
            Range larger = below.size() >= above.size() ? below : above;
            return larger.size() > 0 ? larger : new Range(LOWEST, HIGHEST);
        }
    }

    /** A port on which nothing listens, for this JVM until it ends. */
    public static int claim() {
        return claim(ephemeral().rest());
    }

    static int claim(Range range) {
        List<Integer> ports = new ArrayList<>(
                IntStream.rangeClosed(range.first, range.last).boxed().toList());
        // in any order: programs of a test that ended may still connect to the ports that it had
        Collections.shuffle(ports);
        for (int port : ports) {
            if (isClaimed(port) && isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no port of " + range + " is free");
    }

    /** The ports that the kernel gives to sockets that are bound to none, see ip(7). */
    static Range ephemeral() {
        // the kernel gives this file's text to the first read only, so that must be a large one: not Files.readString
        try (BufferedReader file = Files.newBufferedReader(Path.of("/proc/sys/net/ipv4/ip_local_port_range"))) {
            String[] range = file.readLine().split("\\s+", -1);
            return new Range(Integer.parseInt(range[0]), Integer.parseInt(range[1]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("resource") // the claim is open as long as the JVM
    private static boolean isClaimed(int port) {
        try {
            DatagramChannel claim = DatagramChannel.open();
            try {
                claim.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            } catch (IOException taken) {
                claim.close();
                return false;
            }
            synchronized (CLAIMS) {
                CLAIMS.add(claim);
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port)) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
