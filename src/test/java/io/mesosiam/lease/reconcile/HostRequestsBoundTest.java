package io.mesosiam.lease.reconcile;

import static io.mesosiam.mesos.TestContainers.since;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many containers of a host can have an ask before the agent has reported them. */
class HostRequestsBoundTest {
    private static final MesosAgentId HOST = new MesosAgentId("S1");

    private final Hosts hosts = new Hosts();

    @BeforeEach
    void fill() {
        hosts.connect(HOST, 1, Map.of(), false);
        for (int i = 0; i < Hosts.MAX_UNREPORTED; i++) {
            hosts.asked(HOST, container(i), CredentialName.DEFAULT);
        }
    }

    private static ContainerId container(int number) {
        return ContainerId.of("c" + number);
    }

    private boolean isTaken(ContainerId container) {
        hosts.asked(HOST, container, CredentialName.DEFAULT);
        return !hosts.requests(HOST, container).isEmpty();
    }

    @Test
    void askOfOneMoreUnreportedContainerIsIgnored() {
        assertThat(isTaken(container(1000))).isFalse();
        assertThat(isTaken(container(0))).isTrue();
    }

    @Test
    void reportOfAContainerMakesRoom() {
        hosts.started(HOST, Map.of(container(0), since(1)));

        assertThat(isTaken(container(1000))).isTrue();
        assertThat(isTaken(container(1001))).isFalse();
    }

    @Test
    void reportedContainersHaveRoomOfTheirOwn() {
        hosts.started(HOST, Map.of(container(1000), since(1)));

        assertThat(isTaken(container(1000))).isTrue();
        assertThat(isTaken(container(1001))).isFalse();
    }

    @Test
    void endOfAContainerMakesRoom() {
        hosts.ended(HOST, Set.of(container(0)));

        assertThat(isTaken(container(1000))).isTrue();
    }

    @Test
    void newStreamMakesRoomForAll() {
        hosts.connect(HOST, 2, Map.of(), false);

        assertThat(isTaken(container(1000))).isTrue();
    }

    @Test
    void fullPassMakesRoomForAll() {
        hosts.prune(Set.of(HOST), _ -> Set.of());

        assertThat(hosts.requests(HOST, container(0))).isEmpty();
        assertThat(isTaken(container(1000))).isTrue();
    }
}
