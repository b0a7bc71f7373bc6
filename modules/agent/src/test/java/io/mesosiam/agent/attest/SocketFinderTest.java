package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.cgroup.ContainerGroup;
import io.mesosiam.pause.Deadline;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Which namespaces are queried for a connection. Every query is counted. */
class SocketFinderTest {
    private static final InetAddress ADDRESS = InetAddress.ofLiteral("198.18.0.9");
    private static final long HOST = 1;
    private static final SocketAnswer SOCKET =
            new SocketAnswer.Found(1, 1, 0, OptionalLong.empty(), OptionalLong.empty());

    private final AtomicInteger queries = new AtomicInteger();
    private final Map<Long, NetworkNamespace> namespaces = new HashMap<>();
    private HostView.Waiting waiting = HostView.Waiting.NONE;

    private void namespace(long inode, String container, SocketAnswer answer) {
        namespaces.put(
                inode,
                new NetworkNamespace(
                        inode,
                        new Container(container, inode),
                        new Counted(answer),
                        List.of(),
                        new NetworkNamespace.Addresses(Set.of(ADDRESS), true, true)));
    }

    private SocketFinder.Search find() {
        var view = new HostView(Map.of(), namespaces, HOST, List.of(), waiting, Optional.empty());
        var caller = new Caller(
                new InetSocketAddress(ADDRESS, 40_000),
                new InetSocketAddress(InetAddress.ofLiteral("198.18.0.1"), 51_679));
        return new SocketFinder(new Counted(new SocketAnswer.Absent())).findAccepted(caller, view, Deadlines.ample());
    }

    /** The event loop searches before it limits how many connections a source opens. */
    @Test
    void containerWhoseNetworksTakeANeighboursAddressCausesFewQueries() {
        namespace(1000, "neighbour", SOCKET);
        for (int i = 0; i < 50; i++) {
            namespace(2000 + i, "pod/" + i, new SocketAnswer.Absent());
        }

        assertThat(find()).isInstanceOf(SocketFinder.Located.class);
        assertThat(queries).hasValueLessThanOrEqualTo(2 + HostView.MOST_WITH_ONE_ADDRESS);
    }

    /** The connection may come from each of them. */
    @Test
    void namespacesOfSeveralContainersWithOneAddressAreAllQueried() {
        for (int i = 0; i < 50; i++) {
            namespace(2000 + i, "task-" + i, i == 33 ? SOCKET : new SocketAnswer.Absent());
        }

        assertThat(find()).isInstanceOf(SocketFinder.Located.class);
        assertThat(queries).hasValue(51);
    }

    /** Its addresses are not read before the rate of new containers has room for it. */
    @Test
    void callerFromAnUnknownAddressIsPendingWhileAContainerWithItsOwnNetworkWaits() {
        assertThat(attestation()).isInstanceOf(Attestation.NoContainer.class);

        waiting = waitingIn(HOST);
        assertThat(attestation()).isInstanceOf(Attestation.NoContainer.class);

        waiting = waitingIn(1000);
        assertThat(attestation()).isInstanceOf(Attestation.Unknown.class);
    }

    private Attestation attestation() {
        return ((SocketFinder.NotLocated) find()).attestation().get();
    }

    private static HostView.Waiting waitingIn(long namespace) {
        Path group = Path.of("/sys/fs/cgroup/mesos/pod/mesos/late");
        ObservedContainer late = new ObservedContainer(
                new Container("pod/late", 1),
                new ContainerGroup("pod/late", group, group, 1),
                1,
                namespace,
                OptionalLong.empty());
        return new HostView.Waiting(List.of(late), List.of());
    }

    private final class Counted implements SocketLookup {
        private final SocketAnswer answer;

        Counted(SocketAnswer answer) {
            this.answer = answer;
        }

        @Override
        public SocketAnswer find(InetSocketAddress source, InetSocketAddress destination, Deadline deadline) {
            queries.incrementAndGet();
            return answer;
        }

        @Override
        public void close() {
            // holds nothing open
        }
    }
}
