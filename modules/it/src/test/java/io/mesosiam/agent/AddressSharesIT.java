package io.mesosiam.agent;

import io.mesosiam.agent.FloodingContainer.Does;
import io.mesosiam.fakes.Shell;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One container opens as many connections as it can from many addresses, while another one requests its credentials. */
class AddressSharesIT {
    /** 198.18.0.0/15 is reserved for tests (RFC 2544). */
    private static final String HOST = "198.18.78.1";

    private final String device = "miafl" + ProcessHandle.current().pid() % 100_000;

    @TempDir
    private Path directory;

    private FloodLab lab;

    @BeforeEach
    void twoContainers() throws Exception {
        lab = FloodLab.open(directory);
    }

    @AfterEach
    void nothingRemains() throws Exception {
        if (lab != null) {
            lab.close();
            Shell.run("ip netns del %1$s 2>/dev/null || true; ip link del %1$s 2>/dev/null || true".formatted(device));
        }
    }

    @ParameterizedTest
    @EnumSource
    void containerIsServedWhileAnotherOneConnectsFromSixtyFourAddresses(Does does) throws Exception {
        Shell.run("""
                ip netns add %1$s
                ip link add %1$s type veth peer name eth0 netns %1$s
                ip link set %1$s up; ip addr add %2$s/24 dev %1$s
                ip -n %1$s link set lo up; ip -n %1$s link set eth0 up
                for i in $(seq 101 164); do ip -n %1$s addr add 198.18.78.$i/24 dev eth0; done
                """.formatted(device, HOST));
        List<String> entering = List.of("nsenter", "--net=/run/netns/" + device);
        String flooding = lab.add(entering);
        String addresses =
                IntStream.range(101, 165).mapToObj(i -> "198.18.78." + i).collect(Collectors.joining(","));
        lab.assertServedDuring(
                "0.0.0.0", port -> lab.flood(flooding, entering, does, does.connections(), HOST, port, addresses));
    }
}
