package io.mesosiam.agent.link;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.config.AgentConfig;
import io.mesosiam.agent.config.AgentKey;
import io.mesosiam.agent.config.HostIdentity;
import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.channel.wire.ControllerMessage.TryRoles;
import io.mesosiam.channel.wire.ControllerMessage.WireSession;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.secret.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A link whose controllers the test plays, over real TLS. */
abstract class LinkFixture {
    static final Instant EXPIRATION = Instant.parse("2090-01-01T00:00:00Z");
    static final Duration LONG = TimeLimit.seconds(20);
    static final LinkTiming USUAL = LinkTiming.USUAL;

    /** No jitter: each random wait has its shortest length. */
    static final RandomGenerator AT_ONCE = () -> 0;

    @TempDir
    static Path directory;

    static TestCa ca;
    static TestCa.Identity ofController;
    static TestCa.Identity ofAgent;

    volatile ContainerOwners owners = _ -> Optional.empty();
    final LeaseStore store = new LeaseStore(InstantSource.system(), container -> owners.of(container));
    final AtomicReference<Set<Container>> running = new AtomicReference<>(Set.of(new Container("task", 4711)));
    volatile String mesosAgentId = "f00d-S1";
    LinkTiming timing = USUAL;
    CertificateExchange certificates = CertificateExchange.NONE;
    BiConsumer<TryRoles, Consumer<AgentMessage>> roleTrials = (_, _) -> {};
    final UnexpectedFailures failures = new UnexpectedFailures();
    ControllerLink link;

    @BeforeAll
    static void certificates() {
        ca = TestCa.in(directory);
        ofController = ca.issue("dns:localhost");
        ofAgent = ca.issue("dns:host-1");
    }

    @AfterEach
    void stop() {
        if (link != null) {
            link.close();
        }
        store.close();
    }

    interface Step {
        void run() throws IOException;
    }

    ControllerLink link(Step beforeIdentity, DialPlan plan, LongSupplier clock) {
        return new ControllerLink(peer(ofAgent, beforeIdentity), plan, store, clock, timing, failures);
    }

    ControllerLink link(List<URI> controllers, TestCa.Identity identity) {
        return new ControllerLink(
                peer(identity, () -> {}),
                new DialPlan(controllers, AT_ONCE, timing.away()),
                store,
                System::nanoTime,
                timing,
                failures);
    }

    private ControllerLink.Peer peer(TestCa.Identity identity, Step beforeIdentity) {
        return new ControllerLink.Peer() {
            @Override
            public SSLContext tls() throws IOException {
                return AgentKey.tls(files(identity));
            }

            @Override
            public HostIdentity identity() throws IOException {
                beforeIdentity.run();
                return new HostIdentity("host-1", mesosAgentId);
            }

            @Override
            public CertificateExchange certificates() {
                return certificates;
            }

            @Override
            public BiConsumer<TryRoles, Consumer<AgentMessage>> roleTrials() {
                return roleTrials;
            }
        };
    }

    void dial(URI controller) {
        link = link(List.of(controller), ofAgent);
        link.start(running::get);
    }

    static AgentConfig.KeyFiles files(TestCa.Identity identity) {
        return new AgentConfig.KeyFiles(identity.certificate(), identity.key(), ca.certificateFile());
    }

    static FakeController.Connection greeted(FakeController controller) throws Exception {
        FakeController.Connection agent = controller.accept();
        agent.next(Hello.class);
        return agent;
    }

    static Entry.Served served(String leaseId, long revision, String containerId) {
        return new Entry.Served(
                leaseId,
                revision,
                Optional.of(containerId),
                "default",
                "arn:aws:iam::1:role/r",
                "hash",
                new WireSession("ASIA", Secret.of("secret-key"), Secret.of("secret-token"), EXPIRATION));
    }
}
