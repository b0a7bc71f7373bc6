package io.mesosiam.sandbox;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Chooses ports for programs that need one as a setting. */
final class Ports {
    /** Below the ports that Linux gives to connections, so none of those takes a port before its program listens. */
    private static final int LOWEST = 10_000;

    private static final int ABOVE_HIGHEST = 20_000;
    private static final int TRIES = 100;

    private Ports() {}

    /** A port that is free at this moment. */
    static int free() throws IOException {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, ABOVE_HIGHEST);
            if (isFree(port)) {
                return port;
            }
        }
        throw new BindException(
                "none of " + TRIES + " ports from " + LOWEST + " to " + (ABOVE_HIGHEST - 1) + " is free");
    }

    /** The wanted port if it is free, else another one. */
    static int preferably(int wanted) throws IOException {
        return isFree(wanted) ? wanted : free();
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
