package io.mesosiam.channel.handshake;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.mesosiam.http.ConnectionSource;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class HandshakeSlotsTest {
    private static final ConnectionSource A = source("192.0.2.1");
    private static final ConnectionSource B = source("192.0.2.2");
    private static final ConnectionSource C = source("192.0.2.3");
    private static final ConnectionSource D = source("192.0.2.4");

    private static final List<ConnectionSource> SOURCES = List.of(A, B, C, D);

    private final HandshakeSlots<String> slots =
            new HandshakeSlots<>(new Handshakes.Limits(4, 2, 8), () -> Instant.EPOCH);

    private static ConnectionSource source(String address) {
        return ConnectionSource.of(new InetSocketAddress(address, 1));
    }

    private List<String> acceptAndRequest(ConnectionSource source, String connection) {
        assertThat(slots.accept(source, connection)).isEmpty();
        return slots.request(source, connection, false);
    }

    @Test
    void silentConnectionTakesNoSlot() {
        slots.accept(A, "a1");

        assertThat(slots.running()).isZero();
        assertThat(slots.open()).isEqualTo(1);
    }

    @Test
    void connectionBeginsAtOnceWhileSlotsAreFree() {
        assertThat(acceptAndRequest(A, "a1")).containsExactly("a1");
        assertThat(slots.running()).isEqualTo(1);
    }

    @Test
    void oneSourceLeavesSlotsToOthers() {
        acceptAndRequest(A, "a1");
        acceptAndRequest(A, "a2");

        assertThat(acceptAndRequest(A, "a3")).isEmpty();
        assertThat(acceptAndRequest(B, "b1")).containsExactly("b1");
    }

    @Test
    void slotsAreGivenToSourcesInTurn() {
        acceptAndRequest(A, "a1");
        acceptAndRequest(A, "a2");
        acceptAndRequest(B, "b1");
        acceptAndRequest(B, "b2");
        acceptAndRequest(A, "a3");
        acceptAndRequest(A, "a4");
        acceptAndRequest(C, "c1");

        assertThat(slots.leave(A, "a1")).containsExactly("a3");
        assertThat(slots.leave(B, "b1")).containsExactly("c1");
        assertThat(slots.leave(A, "a2")).containsExactly("a4");
    }

    @Test
    void awaitedSourcesComeFirstAndTheRestGetEachFourthSlot() {
        HandshakeSlots<String> many = new HandshakeSlots<>(new Handshakes.Limits(2, 1, 20), () -> Instant.EPOCH);
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            order.addAll(request(many, source("198.51.100." + i), "rest" + i, false));
        }
        for (int i = 0; i < 4; i++) {
            order.addAll(request(many, source("203.0.113." + i), "awaited" + i, true));
        }

        for (int i = 0; i < order.size(); i++) {
            String ended = order.get(i);
            String address = ended.startsWith("rest") ? "198.51.100." : "203.0.113.";
            order.addAll(many.leave(source(address + ended.charAt(ended.length() - 1)), ended));
        }

        assertThat(order)
                .containsExactly(
                        "rest0",
                        "rest1",
                        "awaited0",
                        "awaited1",
                        "awaited2",
                        "rest2",
                        "awaited3",
                        "rest3",
                        "rest4",
                        "rest5",
                        "rest6",
                        "rest7");
    }

    @Test
    void lateSourceIsNotPreferredIfItIsAwaited() {
        Stream.of("c1", "c2", "d1", "d2").forEach(it -> acceptAndRequest(it.startsWith("c") ? C : D, it));
        slots.stalled(A);
        assertThat(slots.accept(A, "a1")).isEmpty();
        assertThat(slots.request(A, "a1", true)).isEmpty();
        assertThat(acceptAndRequest(B, "b1")).isEmpty();

        assertThat(slots.leave(C, "c1")).containsExactly("b1");
        assertThat(slots.leave(C, "c2")).containsExactly("a1");
    }

    @Test
    void sourceThatIsAwaitedLaterGoesBeforeTheRestThen() {
        Stream.of("c1", "c2", "d1", "d2").forEach(it -> acceptAndRequest(it.startsWith("c") ? C : D, it));
        acceptAndRequest(B, "b1");
        acceptAndRequest(A, "a1");
        assertThat(slots.accept(A, "a2")).isEmpty();
        assertThat(slots.request(A, "a2", true)).isEmpty();

        assertThat(slots.leave(C, "c1")).containsExactly("a1");
        assertThat(slots.leave(C, "c2")).containsExactly("a2");
        assertThat(slots.leave(D, "d1")).containsExactly("b1");
    }

    private static List<String> request(
            HandshakeSlots<String> slots, ConnectionSource source, String connection, boolean awaited) {
        assertThat(slots.accept(source, connection)).isEmpty();
        return slots.request(source, connection, awaited);
    }

    @Test
    void connectionThatLeavesWhileItWaitsIsNotBegun() {
        acceptAndRequest(A, "a1");
        acceptAndRequest(A, "a2");
        acceptAndRequest(A, "a3");
        acceptAndRequest(A, "a4");

        assertThat(slots.leave(A, "a3")).isEmpty();
        assertThat(slots.leave(A, "a1")).containsExactly("a4");
    }

    @Test
    void largestSourceLosesItsLongestSilentConnection() {
        acceptAndRequest(A, "a1");
        Stream.of("a2", "a3", "a4").forEach(a -> assertThat(slots.accept(A, a)).isEmpty());
        Stream.of("b1", "b2", "c1", "c2").forEach(it -> assertThat(slots.accept(it.startsWith("b") ? B : C, it))
                .isEmpty());

        assertThat(slots.accept(B, "b3")).contains("a2");
        assertThat(slots.open()).isEqualTo(8);
    }

    @Test
    void largestSourceLosesItsLastWaitingConnectionIfNoneIsSilent() {
        Stream.of("a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8").forEach(a -> acceptAndRequest(A, a));

        assertThat(slots.accept(B, "b1")).contains("a8");
        assertThat(slots.request(B, "b1", false)).containsExactly("b1");
    }

    @Test
    void amongSourcesOfEqualSizeTheOldestEntryLosesAConnection() {
        Stream.of("b1", "b2", "a1", "a2", "c1", "c2", "d1", "d2")
                .forEach(it -> slots.accept(SOURCES.get(it.charAt(0) - 'a'), it));
        slots.leave(B, "b1");
        assertThat(slots.accept(B, "b3")).isEmpty();

        assertThat(slots.accept(source("192.0.2.9"), "e1")).contains("a1");
        assertThat(slots.accept(source("192.0.2.9"), "e2")).contains("c1");
    }

    @Test
    void refusedConnectionIsRemoved() {
        Stream.of("a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8").forEach(a -> slots.accept(A, a));

        assertThat(slots.accept(A, "a9")).contains("a1");
        assertThat(slots.request(A, "a1", false)).isEmpty();
        assertThat(slots.leave(A, "a1")).isEmpty();
        assertThat(slots.open()).isEqualTo(8);
    }

    private static Optional<Duration> seconds(int seconds) {
        return Optional.of(Duration.ofSeconds(seconds));
    }

    @Test
    void stalledHandshakesContinueWhileNoConnectionWaits() {
        Stream.of("a1", "a2").forEach(a -> acceptAndRequest(A, a));
        Stream.of("b1", "b2").forEach(b -> acceptAndRequest(B, b));

        assertThat(slots.toEnd(_ -> seconds(9))).isEmpty();
    }

    @Test
    void asManyStalledHandshakesEndAsConnectionsWaitLongestStallFirst() {
        Stream.of("a1", "a2").forEach(a -> acceptAndRequest(A, a));
        Stream.of("b1", "b2").forEach(b -> acceptAndRequest(B, b));
        acceptAndRequest(C, "c1");

        assertThat(slots.toEnd(it -> seconds(it.equals("b1") ? 3 : 2))).containsExactly("b1");
        acceptAndRequest(C, "c2");
        assertThat(slots.toEnd(it -> seconds(it.equals("b1") ? 3 : it.equals("a2") ? 2 : 1)))
                .containsExactlyInAnyOrder("b1", "a2");
    }

    @Test
    void handshakesThatDoNotStallContinue() {
        Stream.of("a1", "a2").forEach(a -> acceptAndRequest(A, a));
        Stream.of("b1", "b2").forEach(b -> acceptAndRequest(B, b));
        acceptAndRequest(C, "c1");

        assertThat(slots.toEnd(_ -> Optional.empty())).isEmpty();
    }

    @Test
    void sourceWithAllItsSlotsTakenEndsOnlyItsOwnHandshakes() {
        Stream.of("a1", "a2", "a3").forEach(a -> acceptAndRequest(A, a));
        acceptAndRequest(B, "b1");

        assertThat(slots.toEnd(it -> it.equals("b1") ? seconds(9) : Optional.empty()))
                .isEmpty();
        assertThat(slots.toEnd(it -> it.equals("b1") ? seconds(9) : seconds(1)))
                .containsAnyOf("a1", "a2")
                .hasSize(1);
    }

    @Test
    void stalledSourceComesAfterTheOthersUntilAHandshakeSucceeds() {
        Stream.of("a1", "a2", "a3", "a4").forEach(a -> acceptAndRequest(A, a));
        Stream.of("b1", "b2").forEach(b -> acceptAndRequest(B, b));
        slots.stalled(A);
        acceptAndRequest(C, "c1");

        assertThat(slots.leave(A, "a1")).containsExactly("c1");
        acceptAndRequest(C, "c2");
        acceptAndRequest(C, "c3");
        slots.succeeded(A);
        assertThat(slots.leave(B, "b1")).containsExactly("c2");
        assertThat(slots.leave(A, "a2")).containsExactly("a3");
    }

    @Test
    void stalledSourceGetsUnusedSlots() {
        Stream.of("a1", "a2", "a3").forEach(a -> acceptAndRequest(A, a));
        slots.stalled(A);

        assertThat(slots.leave(A, "a1")).containsExactly("a3");
    }

    @Test
    void stalledSourcesTogetherGetEveryFourthSlotWhileOthersWait() {
        HandshakeSlots<String> many = new HandshakeSlots<>(new Handshakes.Limits(5, 4, 100), () -> Instant.EPOCH);
        List<String> begun = new ArrayList<>();
        acceptAndRequest(many, A, "a", 4);
        acceptAndRequest(many, B, "b", 1);
        acceptAndRequest(many, B, "b1", 9);
        acceptAndRequest(many, C, "c", 9);
        acceptAndRequest(many, D, "d", 9);
        many.stalled(C);
        many.stalled(D);

        // each time, the connection that began last leaves
        List<String> last = many.leave(A, "a0");
        for (int i = 0; i < 12; i++) {
            begun.addAll(last);
            String leaving = last.getFirst();
            last = many.leave(leaving.startsWith("b") ? B : leaving.startsWith("c") ? C : D, leaving);
        }
        assertThat(begun.stream().map(connection -> connection.substring(0, 1)))
                .containsExactly("b", "b", "b", "c", "b", "b", "b", "d", "b", "b", "b", "c");
    }

    private static void acceptAndRequest(
            HandshakeSlots<String> slots, ConnectionSource source, String name, int connections) {
        for (int i = 0; i < connections; i++) {
            slots.accept(source, name + i);
            var _ = slots.request(source, name + i, false);
        }
    }

    @ParameterizedTest
    @CsvSource({"4, 4, 8", "4, 0, 8", "4, 2, 3"})
    void limitsThatOneSourceCouldExhaustAreRefused(int running, int perSource, int open) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Handshakes.Limits(running, perSource, open));
    }

    static LongStream seeds() {
        return LongStream.range(0, 100);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void limitsHoldInEveryHistoryAndNoStateRemains(long seed) {
        Random random = new Random(seed);
        List<ConnectionSource> sources = List.of(A, B, C);
        List<Peer> open = new ArrayList<>();
        List<Peer> running = new ArrayList<>();
        HandshakeSlots<Peer> many = new HandshakeSlots<>(new Handshakes.Limits(4, 2, 8), () -> Instant.EPOCH);
        for (int i = 0; i < 500; i++) {
            if (random.nextInt(3) == 0 || open.isEmpty()) {
                Peer peer = new Peer(sources.get(random.nextInt(3)), i);
                open.add(peer);
                many.accept(peer.source(), peer).ifPresent(closed -> {
                    Map<ConnectionSource, Long> idle = perSource(
                            open.stream().filter(it -> !running.contains(it)).toList());
                    assertThat(idle).containsEntry(closed.source(), Collections.max(idle.values()));
                    open.remove(closed);
                });
            } else {
                Peer peer = open.get(random.nextInt(open.size()));
                if (random.nextInt(4) == 0) {
                    many.stalled(peer.source());
                } else if (random.nextInt(4) == 0) {
                    many.succeeded(peer.source());
                }
                List<Peer> ended = many.toEnd(_ -> seconds(1));
                assertThat(running).containsAll(ended);
                assertThat(ended).doesNotHaveDuplicates().hasSizeLessThanOrEqualTo(open.size() - running.size());
                if (random.nextBoolean()) {
                    running.addAll(many.request(peer.source(), peer, false));
                } else {
                    open.remove(peer);
                    running.remove(peer);
                    running.addAll(many.leave(peer.source(), peer));
                }
            }

            assertThat(open).containsAll(running).hasSizeLessThanOrEqualTo(8);
            assertThat(running).doesNotHaveDuplicates().hasSizeLessThanOrEqualTo(4);
            assertThat(perSource(running).values()).allMatch(count -> count <= 2);
            assertThat(many.open()).isEqualTo(open.size());
            assertThat(many.running()).isEqualTo(running.size());
            assertThat(many.sources()).isEqualTo(perSource(open).size());
        }

        List.copyOf(open).forEach(peer -> many.leave(peer.source(), peer));
        assertThat(many.open()).isZero();
        assertThat(many.running()).isZero();
        assertThat(many.sources()).isZero();
    }

    private record Peer(ConnectionSource source, int number) {}

    private static Map<ConnectionSource, Long> perSource(List<Peer> peers) {
        return peers.stream().collect(groupingBy(Peer::source, counting()));
    }
}
