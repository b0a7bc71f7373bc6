package io.mesosiam.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mesosiam.agent.attest.Attestation;
import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.attest.CallerSource;
import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.attest.ContainerAttestor;
import io.mesosiam.agent.attest.Deadlines;
import io.mesosiam.agent.redirect.NetworkNamespace;
import io.mesosiam.agent.redirect.OriginalDestinations;
import io.mesosiam.pause.Deadline;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Redirected callers in a network namespace, with the kernel's own address translation. */
class RedirectedAttestorTest {
    private static final int PORT = 18080;
    private static final int REQUESTS = 2500;
    private static final Attestation.Attested REACHED = new Attestation.Attested(new Container("task", 1), "test");

    private NetworkNamespace host;

    @BeforeEach
    void hostWithRedirect() {
        assumeTrue(NetworkNamespace.possible(), "not permitted to make a network namespace");
        host = new NetworkNamespace("host");
        host.sh("""
                ip link add up0 type veth peer name down0
                ip link set down0 up; ip link set up0 up
                ip addr add 10.9.0.2/24 dev up0
                ip route add default via 10.9.0.1
                echo 20000 20999 > /proc/sys/net/ipv4/ip_local_port_range
                nft -f - <<'END'
                table ip led {
                  chain out {
                    type nat hook output priority -110
                    ip daddr { 169.254.170.2, 169.254.170.23, 192.0.2.1 } tcp dport 80 redirect to :%d
                  }
                }
                END
                """.formatted(PORT));
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void callerWithATranslatedSourcePortIsAttestedByItsOwnPort() throws Exception {
        var renumbered = new AtomicInteger();
        var wrong = new AtomicInteger();
        try (var listener = host.in(() -> new ServerSocket(PORT, 1024));
                var destinations = host.in(OriginalDestinations::open);
                var threads = Executors.newCachedThreadPool()) {
            Thread.ofPlatform().daemon().start(() -> serve(listener, destinations, renumbered, wrong));

            var results = threads.invokeAll(List.of(requests("169.254.170.2"), requests("169.254.170.23")));
            for (var result : results) {
                assertThat(result.get()).isEqualTo(REQUESTS);
            }
        }
        assertThat(renumbered).as("requests with another port at the agent").hasPositiveValue();
        assertThat(wrong).hasValue(0);
    }

    @Test
    void unservedDestinationIsRefused() throws Exception {
        try (var listener = host.in(() -> new ServerSocket(PORT, 1));
                var destinations = host.in(OriginalDestinations::open);
                var caller = host.in(() -> new Socket("192.0.2.1", 80));
                var accepted = listener.accept()) {
            assertThat(caller.isConnected()).isTrue();
            assertThat(new RedirectedAttestor(destinations, true, (_, _) -> REACHED)
                            .attest(ends(accepted), Deadlines.ample()))
                    .isInstanceOf(Attestation.NoContainer.class);
        }
    }

    @Test
    void unavailableConnectionTrackingIsNoLastingRefusal() throws Exception {
        var destinations = host.in(OriginalDestinations::open);
        destinations.close();

        var ends = new Caller(new InetSocketAddress("10.9.0.2", 1), new InetSocketAddress("10.9.0.2", PORT));
        assertThat(new RedirectedAttestor(destinations, false, (_, _) -> REACHED).attest(ends, Deadlines.ample()))
                .isInstanceOf(Attestation.Unknown.class);
    }

    /** The operator's rules redirect only the named addresses to the endpoint. */
    @Test
    void operatorsRedirectIsFollowedOnlyForTheNamedAddresses() throws Exception {
        try (var listener = host.in(() -> new ServerSocket(PORT, 1));
                var destinations = host.in(OriginalDestinations::open);
                var caller = host.in(() -> new Socket("169.254.170.2", 80));
                var accepted = listener.accept()) {
            var source = (InetSocketAddress) caller.getLocalSocketAddress();
            var meant = new InetSocketAddress("169.254.170.2", 80);
            var seen = new ArrayList<Caller>();

            for (var served : List.of(List.of(meant), List.of(new InetSocketAddress("169.254.170.23", 80)))) {
                new ArrangedCallers(Optional.of(destinations), served, (opened, _) -> {
                            seen.add(opened);
                            return REACHED;
                        })
                        .attest(ends(accepted), Deadlines.ample());
            }

            assertThat(seen).containsExactly(ends(accepted).openedAs(source, meant), ends(accepted));
        }
    }

    /** Its own rules' translation is known; with another rule a socket with the accepted one's ends may be another caller's. */
    @Test
    void callerIsAttestedByItsLookUpAtAcceptOnlyIfItsTranslationIsKnown() throws Exception {
        var maker = Optional.of(REACHED);
        ContainerAttestor attestor = new ContainerAttestor() {
            @Override
            public Attestation attest(Caller caller, Deadline deadline) {
                return REACHED;
            }

            @Override
            public CallerSource source(Caller caller) {
                return new CallerSource("user 0", true, false, maker);
            }
        };
        var meant = List.of(new InetSocketAddress("169.254.170.2", 80));
        Optional<Attestation.Attested> none = Optional.empty();
        try (var listener = host.in(() -> new ServerSocket(PORT, 1));
                var destinations = host.in(OriginalDestinations::open);
                var served = host.in(() -> new Socket("169.254.170.2", 80));
                var ofServed = listener.accept();
                var unserved = host.in(() -> new Socket("192.0.2.1", 80));
                var ofUnserved = listener.accept();
                var direct = host.in(() -> new Socket("10.9.0.2", PORT));
                var ofDirect = listener.accept()) {
            assertThat(List.of(served, unserved, direct)).allMatch(Socket::isConnected);
            var arranged = new ArrangedCallers(Optional.of(destinations), meant, attestor);
            assertThat(arranged.source(ends(ofServed)).maker()).isEqualTo(maker);
            assertThat(arranged.source(ends(ofDirect)).maker()).isEqualTo(maker);
            assertThat(arranged.source(ends(ofUnserved)).maker()).isEqualTo(none);
            assertThat(arranged.sourceAtOnce(ends(ofUnserved)).orElseThrow().maker())
                    .isEqualTo(none);

            var untracked = new ArrangedCallers(Optional.empty(), meant, attestor);
            assertThat(untracked.source(ends(ofDirect)).maker()).isEqualTo(none);

            var redirected = new RedirectedAttestor(destinations, true, attestor);
            assertThat(redirected.source(ends(ofServed)).maker()).isEqualTo(maker);
            assertThat(redirected.source(ends(ofUnserved)).maker()).isEqualTo(none);
            assertThat(redirected.sourceAtOnce(ends(ofUnserved)).orElseThrow().maker())
                    .isEqualTo(none);
        }
    }

    /** Sends requests one after the other, each on its own connection, and returns the number of answered ones. */
    private Callable<Integer> requests(String address) {
        var own = new NamespaceSockets(host);
        return () -> {
            int answered = 0;
            for (int i = 0; i < REQUESTS; i++) {
                try (var socket = own.open()) {
                    socket.connect(new InetSocketAddress(address, 80));
                    int port = socket.getLocalPort();
                    socket.getOutputStream().write(new byte[] {(byte) (port >> 8), (byte) port});
                    // the agent's side closes first, so that no local port stays in TIME_WAIT
                    answered += socket.getInputStream().read() < 0 ? 1 : 0;
                }
            }
            return answered;
        };
    }

    /** A socket stays in the namespace in which it was created, whichever thread connects it. */
    private record NamespaceSockets(NetworkNamespace namespace) {
        Socket open() {
            return namespace.in(() -> {
                var socket = new Socket();
                socket.bind(null);
                return socket;
            });
        }
    }

    private static void serve(
            ServerSocket listener, OriginalDestinations destinations, AtomicInteger renumbered, AtomicInteger wrong) {
        try {
            while (true) {
                try (var accepted = listener.accept()) {
                    int port = accepted.getInputStream().read() << 8
                            | accepted.getInputStream().read();
                    renumbered.addAndGet(accepted.getPort() == port ? 0 : 1);
                    var attestation = new RedirectedAttestor(
                                    destinations,
                                    false,
                                    (caller, _) -> caller.source().getPort() == port
                                            ? REACHED
                                            : new Attestation.Unknown("another port: " + caller))
                            .attest(ends(accepted), Deadlines.ample());
                    wrong.addAndGet(attestation.equals(REACHED) ? 0 : 1);
                }
            }
        } catch (IOException e) {
            // closed
        }
    }

    private static Caller ends(Socket accepted) {
        return new Caller((InetSocketAddress) accepted.getRemoteSocketAddress(), (InetSocketAddress)
                accepted.getLocalSocketAddress());
    }
}
