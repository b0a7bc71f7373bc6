package io.mesosiam.channel.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.http.ConnectionSource;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.junit.jupiter.api.Test;

/** Sources that close all their connections and come again, in simulated time. */
class ReturningSourcesTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    /** What a real agent's handshake takes. */
    private static final Duration AGENT = Duration.ofMillis(100);

    /** How long a peer is silent before it closes; shorter than a stall. */
    private static final Duration CLOSES = Duration.ofMillis(900);

    /** A connection waits this long for a slot: half of the default time limit for a hello. */
    private static final Duration LONGEST_WAIT = Duration.ofMillis(2500);

    private Instant now = START;
    private final HandshakeSlots<Peer> slots = new HandshakeSlots<>(Handshakes.LIMITS, () -> now);
    private final PriorityQueue<Peer> ending = new PriorityQueue<>(Comparator.comparing((Peer peer) -> peer.end));

    /** One connection. */
    private static final class Peer {
        final ConnectionSource source;
        final boolean agent;
        Instant end;
        boolean begun;

        Peer(ConnectionSource source, boolean agent, Instant end) {
            this.source = source;
            this.agent = agent;
            this.end = end;
        }
    }

    private static ConnectionSource source(int network, int number) {
        try {
            return new ConnectionSource(
                    InetAddress.getByAddress(new byte[] {10, (byte) network, (byte) (number >> 8), (byte) number}));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private Peer connect(ConnectionSource source, boolean agent) {
        Peer peer = new Peer(source, agent, now.plus(LONGEST_WAIT));
        assertThat(slots.accept(source, peer)).isEmpty();
        ending.add(peer);
        begin(slots.request(source, peer, false));
        return peer;
    }

    private void begin(List<Peer> peers) {
        for (Peer peer : peers) {
            ending.remove(peer);
            peer.begun = true;
            peer.end = now.plus(peer.agent ? AGENT : CLOSES);
            ending.add(peer);
        }
    }

    /** Ends connections in order until the given time; a peer that is no agent comes again at once. */
    private void runUntil(Instant end) {
        while (!ending.isEmpty() && ending.element().end.isBefore(end)) {
            Peer peer = ending.remove();
            now = peer.end;
            if (peer.begun && peer.agent) {
                slots.succeeded(peer.source);
            } else if (peer.begun) {
                slots.stalled(peer.source);
            }
            begin(slots.leave(peer.source, peer));
            if (!peer.agent) {
                connect(peer.source, false);
            }
        }
        now = end;
    }

    @Test
    void thousandSourcesWithOneConnectionEachDoNotKeepAgentsOut() {
        for (int i = 0; i < 1000; i++) {
            connect(source(1, i), false);
        }
        runUntil(START.plusSeconds(10));

        List<Peer> agents = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            agents.add(connect(source(2, i), true));
        }
        runUntil(now.plus(LONGEST_WAIT));

        assertThat(agents).allMatch(agent -> agent.begun, "gets a slot in time");
    }

    @Test
    void sourceIsLateForAMinuteAfterItsLastConnectionHasClosed() {
        HandshakeSlots<String> few = new HandshakeSlots<>(new Handshakes.Limits(2, 1, 8), () -> now);
        ConnectionSource source = source(1, 1);
        few.accept(source, "stalls");
        few.stalled(source);
        few.leave(source, "stalls");
        assertThat(few.sources()).isZero();

        now = START.plusSeconds(59);
        assertThat(isPassedOver(few, source)).isTrue();
        now = START.plusSeconds(60);
        assertThat(isPassedOver(few, source)).isFalse();
    }

    @Test
    void sourceIsNotLateAfterAHandshakeHasSucceeded() {
        HandshakeSlots<String> few = new HandshakeSlots<>(new Handshakes.Limits(2, 1, 8), () -> now);
        ConnectionSource source = source(1, 1);
        few.stalled(source);
        assertThat(isPassedOver(few, source)).isTrue();

        few.succeeded(source);

        assertThat(isPassedOver(few, source)).isFalse();
    }

    /** Whether another source that requests a slot after this one gets it first. All connections leave at the end. */
    private static boolean isPassedOver(HandshakeSlots<String> slots, ConnectionSource source) {
        List<ConnectionSource> sources = List.of(source(2, 1), source(2, 2), source, source(2, 3));
        for (ConnectionSource each : sources) {
            assertThat(slots.accept(each, each.toString())).isEmpty();
            List<String> unused = slots.request(each, each.toString(), false);
        }
        List<String> begun = slots.leave(sources.getFirst(), sources.getFirst().toString());
        sources.forEach(each -> slots.leave(each, each.toString()));
        return begun.equals(List.of(sources.getLast().toString()));
    }
}
