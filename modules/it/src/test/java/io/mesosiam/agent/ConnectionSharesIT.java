package io.mesosiam.agent;

import io.mesosiam.agent.FloodingContainer.Does;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One container opens as many connections as it can from one address, while another one requests its credentials. */
class ConnectionSharesIT {
    private static final String FLOODING = "container-0";

    @TempDir
    private Path directory;

    private FloodLab lab;

    @BeforeEach
    void twoContainers() throws Exception {
        lab = FloodLab.open(directory);
    }

    @AfterEach
    void nothingRemains() {
        if (lab != null) {
            lab.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void containerIsServedWhileAnotherOneHoldsAsManyConnectionsAsItCan(Does does) throws Exception {
        lab.assertServedDuring(
                "127.0.0.1",
                port -> lab.flood(FLOODING, List.of(), does, does.connections(), "127.0.0.1", port, "127.0.0.1"));
    }

    /** On cgroups v1 without recorded makers all containers of a user on the host's network are one source. */
    @Test
    void containerIsServedWhileAnotherOneOfItsUserHoldsAsManyConnectionsAsItCan() throws Exception {
        lab.assertServedDuring(
                List.of("setpriv", "--bounding-set=-sys_admin,-bpf"),
                "127.0.0.1",
                port -> lab.flood(
                        FLOODING,
                        List.of(),
                        Does.HALF_A_REQUEST,
                        Does.HALF_A_REQUEST.connections(),
                        "127.0.0.1",
                        port,
                        "127.0.0.1"));
    }

    @Test
    void containerIsServedWhileEightUsersOfAnotherOneHoldAsManyConnectionsAsTheyCan() throws Exception {
        lab.assertServedDuring("127.0.0.1", port -> {
            for (int user = 64_900; user < 64_908; user++) {
                lab.flood(
                        FLOODING,
                        List.of("setpriv", "--reuid=" + user, "--clear-groups"),
                        Does.HALF_A_REQUEST,
                        Does.HALF_A_REQUEST.connections() / 8,
                        "127.0.0.1",
                        port,
                        "127.0.0.1");
            }
        });
    }
}
