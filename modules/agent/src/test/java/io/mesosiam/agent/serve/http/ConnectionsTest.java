package io.mesosiam.agent.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.CallerSource;
import io.mesosiam.agent.attest.Container;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
    private static final class Connection implements Connections.Held {
        private boolean idle;
        private boolean answering = true;

        @Override
        public boolean isIdle() {
            return idle;
        }

        @Override
        public boolean isAnswering() {
            return answering;
        }
    }

    private final Connections<Connection> connections = new Connections<>(8);

    @Test
    void nothingIsClosedUpToTheLimit() {
        for (int i = 0; i < 8; i++) {
            assertThat(connections.excess(open("flood"), false)).isEmpty();
        }
    }

    /** Such as doctor, or a health check: its socket is found, so it counts for its user. */
    @Test
    void floodOfUnknownCallersClosesNoConnectionOfTheHostsOwnProcesses() {
        Connection ofHost = open("user 0");
        for (int i = 0; i < 100; i++) {
            Connection unknown = open(Connections.UNKNOWN);
            connections.excess(unknown, false).ifPresent(closed -> {
                assertThat(closed).isNotEqualTo(ofHost);
                connections.remove(closed);
            });
        }

        assertThat(connections.source(ofHost)).contains("user 0");
    }

    @Test
    void newestOfTheLargestSourceIsClosed() {
        open("small");
        List<Connection> flood = open("flood", 7);

        assertThat(connections.excess(open("small"), false)).contains(flood.getLast());
    }

    @Test
    void largestSourceCanOpenNoMore() {
        List<Connection> flood = open("flood", 9);

        assertThat(connections.excess(flood.getLast(), false)).contains(flood.getLast());
    }

    @Test
    void oldestConnectionWithoutARequestIsClosedFirst() {
        List<Connection> flood = open("flood", 9);
        flood.get(3).idle = true;
        flood.get(5).idle = true;

        assertThat(connections.excess(flood.getLast(), false)).contains(flood.get(3));
    }

    @Test
    void oldestConnectionWhoseRequestIsIncompleteIsClosedBeforeTheNewest() {
        List<Connection> ofOneUser = open("user 0", 9);
        ofOneUser.get(2).answering = false;
        ofOneUser.get(4).answering = false;
        ofOneUser.getLast().answering = false;

        assertThat(connections.excess(ofOneUser.getLast(), false)).contains(ofOneUser.get(2));
    }

    @Test
    void oldestUnknownCallerWhoseRequestIsIncompleteIsClosedFirst() {
        Connection first = open(Connections.UNKNOWN);
        first.answering = false;

        assertThat(connections.excess(open(Connections.UNKNOWN), false)).contains(first);
    }

    @Test
    void idleConnectionMakesRoomIfAllSourcesHaveOne() {
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            all.add(open("source " + i));
        }
        all.get(4).idle = true;

        assertThat(connections.excess(all.getLast(), false)).contains(all.get(4));
    }

    @Test
    void newestIsClosedIfAllSourcesHaveOneAndNoneIsIdle() {
        Connection newest = open("source 0");
        for (int i = 1; i < 9; i++) {
            newest = open("source " + i);
        }

        assertThat(connections.excess(newest, false)).contains(newest);
    }

    @Test
    void containerHasAQuarterWithoutACompleteRequest() {
        List<Connection> waiting = open("container one", 3);
        waiting.forEach(connection -> connection.answering = false);
        open("container two", 2);

        assertThat(connections.excess(waiting.getLast(), true)).contains(waiting.getFirst());
        waiting.getFirst().answering = true;
        assertThat(connections.excess(waiting.getLast(), true)).isEmpty();
    }

    @Test
    void idleConnectionOfAContainerIsClosedBeforeAnIncompleteRequest() {
        List<Connection> waiting = open("container one", 3);
        waiting.forEach(connection -> connection.answering = false);
        waiting.get(1).idle = true;

        assertThat(connections.excess(waiting.getLast(), true)).contains(waiting.get(1));
    }

    @Test
    void userWhichMayBeSeveralContainersHasAnyNumberWithoutACompleteRequest() {
        List<Connection> waiting = open("user 0", 8);
        waiting.forEach(connection -> connection.answering = false);

        assertThat(connections.excess(waiting.getLast(), false)).isEmpty();
    }

    @Test
    void unknownCallersShareAnEighth() {
        assertThat(connections.excess(open(Connections.UNKNOWN), false)).isEmpty();
        Connection second = open(Connections.UNKNOWN);

        assertThat(connections.excess(second, false)).contains(second);
    }

    @Test
    void attestedConnectionNoLongerCountsForUnknownCallers() {
        Connection first = open(Connections.UNKNOWN);
        connections.put(first, "container one");

        assertThat(connections.excess(open(Connections.UNKNOWN), false)).isEmpty();
        assertThat(connections.source(first)).contains("container one");
        assertThat(connections.open()).isEqualTo(2);
    }

    @Test
    void closedConnectionMakesRoom() {
        List<Connection> flood = open("flood", 8);
        connections.remove(flood.getFirst());

        assertThat(connections.excess(open("flood"), false)).isEmpty();
        assertThat(connections.source(flood.getFirst())).isEmpty();
    }

    @Test
    void onlyExactSourcesHaveANameOfTheirOwnAndNestedContainersThatOfTheOutermost() {
        InetSocketAddress address = new InetSocketAddress("192.0.2.1", 1);

        assertThat(Connections.name(CallerSource.ofContainer(new Container("one", 1))))
                .isEqualTo("container one");
        assertThat(Connections.name(CallerSource.ofContainer(new Container("one/nested", 1))))
                .isEqualTo("container one");
        assertThat(Connections.name(CallerSource.ofAddress(address))).isEqualTo(Connections.UNKNOWN);
    }

    @Property
    void sourceWithFewConnectionsKeepsThem(@ForAll @Size(max = 100) List<@IntRange(max = 3) Integer> opened) {
        Connections<Connection> some = new Connections<>(8);
        Connection ofSmall = new Connection();
        some.put(ofSmall, "small");
        for (int source : opened) {
            Connection newest = new Connection();
            some.put(newest, "source " + source);
            Optional<Connection> excess = some.excess(newest, false);
            excess.ifPresent(some::remove);

            assertThat(excess).isNotEqualTo(Optional.of(ofSmall));
            assertThat(some.open()).isLessThanOrEqualTo(8);
        }
    }

    private Connection open(String source) {
        return open(source, 1).getFirst();
    }

    private List<Connection> open(String source, int count) {
        List<Connection> opened = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Connection connection = new Connection();
            connections.put(connection, source);
            opened.add(connection);
        }
        return opened;
    }
}
