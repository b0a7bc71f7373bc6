package io.mesosiam.agent.redirect;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.redirect.HostBoundary.HostUsers;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No source can use all connections of the agent. */
class ConnectionLimitTest extends RedirectFixture {
    @ParameterizedTest
    @EnumSource
    void containerCannotUseAllConnections(Backend backend) throws IOException {
        lab.startAgent();
        apply(backend, tasksByCgroup());
        var open = new ArrayList<Socket>();
        try {
            for (int i = 0; i < LIMIT; i++) {
                open.add(connected(lab.container, "169.254.170.2", "agent"));
            }

            assertThat(Lab.connect(lab.container, "169.254.169.254", 80)).isEqualTo("silence");
            assertThat(Lab.connect(lab.container, "fd00:ec2::23", 80))
                    .as("another address of the same container")
                    .isEqualTo("agent");
            assertThat(lab.connectAsTask("169.254.170.2")).as("another caller").isEqualTo("agent");
        } finally {
            for (var socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void containerOnTheHostsNetworkCannotUseAllConnections() throws IOException {
        lab.startAgent();
        apply(Backend.NFT, tasksByCgroup());
        var open = new ArrayList<Process>();
        try {
            for (int i = 0; i < LIMIT; i++) {
                open.add(lab.taskWithConnection("169.254.170.2"));
                assertThat(open.getLast().inputReader().readLine()).isEqualTo("agent");
            }

            assertThat(lab.connectAsTask("169.254.170.2")).isEqualTo("refused");
            assertThat(lab.connectAsTask("other", "169.254.170.2"))
                    .as("another container of the same user")
                    .isEqualTo("agent");
            assertThat(lab.connectAsService("169.254.170.2")).isEqualTo("agent");
            assertThat(Lab.connect(lab.container, "169.254.170.2", 80)).isEqualTo("agent");
        } finally {
            for (var task : open) {
                task.outputWriter().close();
                task.onExit().join();
            }
        }
    }

    /** Its containers may be many: the agent counts them. */
    @Test
    void userOnTheHostsNetworkIsNotLimitedByTheRules() throws IOException {
        lab.startAgent();
        apply(Backend.NFT, new HostUsers(new TreeSet<>()));
        var open = new ArrayList<Socket>();
        try {
            for (int i = 0; i < LIMIT; i++) {
                open.add(connected(lab.host, "169.254.170.2", "agent"));
            }

            assertThat(lab.connectAsUser(0, "169.254.170.2")).isEqualTo("agent");
        } finally {
            for (var socket : open) {
                socket.close();
            }
        }
    }
}
