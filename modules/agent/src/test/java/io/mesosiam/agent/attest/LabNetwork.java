package io.mesosiam.agent.attest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * A network namespace like that of a CNI plugin.
 *
 * @param name of the namespace
 * @param address of the namespace
 * @param hostAddress the host's end of its link
 */
record LabNetwork(String name, String address, String hostAddress) implements AutoCloseable {
    /**
     * Creates one with addresses from 198.18.0.0/15, which RFC 2544 reserves for tests.
     *
     * @return nothing if a namespace or link with this number exists
     */
    static Optional<LabNetwork> create(int subnet) {
        int third = subnet >> 6;
        int fourth = (subnet & 63) << 2;
        String host = "198.18." + third + "." + (fourth + 1);
        String own = "198.18." + third + "." + (fourth + 2);
        String name = "mia" + subnet;
        LabNetwork network = new LabNetwork(name, own, host);
        try {
            run("ip netns add " + name);
        } catch (IllegalStateException e) {
            ContainerLab.assume(isTaken(e), "can't make a network namespace: " + e.getMessage());
            return Optional.empty();
        }
        try {
            run("ip link add " + name + "h type veth peer name eth0 netns " + name);
            run("ip addr add " + host + "/30 dev " + name + "h");
            run("ip link set " + name + "h up");
            run("ip -n " + name + " addr add " + own + "/30 dev eth0");
            run("ip -n " + name + " link set eth0 up");
            run("ip -n " + name + " link set lo up");
        } catch (IllegalStateException e) {
            network.close();
            ContainerLab.assume(isTaken(e), "can't link a network namespace: " + e.getMessage());
            return Optional.empty();
        }
        return Optional.of(network);
    }

    /** True if the command failed because the name is in use. */
    static boolean isTaken(IllegalStateException failure) {
        return failure.getMessage().contains("File exists");
    }

    List<String> enter() {
        return List.of("nsenter", "--net=/run/netns/" + name);
    }

    /** Adds an address to the namespace. */
    void add(String more) {
        run("ip -n " + name + " addr add " + more + " dev eth0");
    }

    static void run(String command) {
        try {
            Process process = new ProcessBuilder(command.split(" ", -1))
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + ": " + output.strip());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        // this also deletes its link
        run("ip netns del " + name);
    }
}
