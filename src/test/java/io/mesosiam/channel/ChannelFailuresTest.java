package io.mesosiam.channel;

import static io.mesosiam.channel.ChannelFixture.S1;
import static io.mesosiam.channel.ChannelFixture.hello;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.wire.AgentMessage.Ask;
import io.mesosiam.channel.wire.AgentMessage.RolesTried;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.lease.HeldLease;
import io.mesosiam.lease.HostLoad;
import io.mesosiam.lease.HostStream;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.Ownership;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.ReportedContainer;
import io.mesosiam.policy.CredentialName;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Behaviour after an unexpected exception. */
class ChannelFailuresTest {
    private final FailingEvents events = new FailingEvents();

    @Test
    void streamContinuesAfterAnErrorInOneMessage() throws Exception {
        events.failingAsks.set(1);
        try (ChannelFixture fixture = new ChannelFixture(events)) {
            StreamClient agent = fixture.open();
            events.recorded.next();

            agent.send(new Ask("first", "default"));
            agent.send(new Ask("second", "default"));

            assertThat(events.recorded.next())
                    .isEqualTo(new HeardEvents.Asked(S1, ContainerId.parse("second"), new CredentialName("default")));
            assertThat(failures(fixture)).isEqualTo(1);
        }
    }

    @Test
    void agentWhoseHelloFailsConnectsAgain() throws Exception {
        events.failingConnects.set(1);
        try (ChannelFixture fixture = new ChannelFixture(events)) {
            StreamClient agent = fixture.connect();
            agent.send(hello(S1));

            Fault fault = agent.receiveEnd();
            assertThat(fault.code()).isEqualTo("not-ready");
            assertThat(fault.persistence()).isInstanceOf(Fault.Passing.class);
            assertThat(failures(fixture)).isEqualTo(1);

            StreamClient again = fixture.connect();
            again.send(hello(S1));
            again.receive(Sync.class);
        }
    }

    @Test
    void unexpectedFailureIsLoggedOnceWithClassAndWithoutMessage() throws Exception {
        events.failingAsks.set(1000);
        try (ChannelLog log = new ChannelLog();
                ChannelFixture fixture = new ChannelFixture(events)) {
            StreamClient agent = fixture.open();
            events.recorded.next();
            for (int i = 0; i <= 1000; i++) {
                agent.send(new Ask("container", "default"));
            }

            events.recorded.next();
            assertThat(failures(fixture)).isEqualTo(1000);
            assertThat(log.lines().stream().filter(line -> line.contains("LinkageError")))
                    .hasSize(1)
                    .noneMatch(line -> line.contains("thrown by the test"));
        }
    }

    private static double failures(ChannelFixture fixture) {
        return fixture.meters.counter(ChannelFailures.METRIC).count();
    }

    /** Throws unexpected exceptions while a test wants it to. */
    private static final class FailingEvents implements HostEvents {
        final HeardEvents recorded = new HeardEvents();
        final AtomicInteger failingConnects = new AtomicInteger();
        final AtomicInteger failingAsks = new AtomicInteger();

        private static void failSome(AtomicInteger failing) {
            if (failing.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new LinkageError("thrown by the test");
            }
        }

        @Override
        public void connected(
                MesosAgentId host,
                Ownership ownership,
                List<HeldLease> held,
                Map<ContainerId, ReportedContainer> running,
                HostStream stream) {
            failSome(failingConnects);
            recorded.connected(host, ownership, held, running, stream);
        }

        @Override
        public boolean claimed(MesosAgentId host, long before, long epoch) {
            return recorded.claimed(host, before, epoch);
        }

        @Override
        public void lateClaim(MesosAgentId host, long epoch, boolean continued) {
            recorded.lateClaim(host, epoch, continued);
        }

        @Override
        public boolean isAwaited(InetAddress address) {
            return recorded.isAwaited(address);
        }

        @Override
        public void disconnected(MesosAgentId host, long epoch) {
            recorded.disconnected(host, epoch);
        }

        @Override
        public void claimBegins(MesosAgentId host) {
            recorded.claimBegins(host);
        }

        @Override
        public void claimEnds(MesosAgentId host) {
            recorded.claimEnds(host);
        }

        @Override
        public HostLoad containers(
                MesosAgentId host, Map<ContainerId, ReportedContainer> started, Set<ContainerId> ended) {
            return recorded.containers(host, started, ended);
        }

        @Override
        public void asked(MesosAgentId host, ContainerId container, CredentialName name) {
            failSome(failingAsks);
            recorded.asked(host, container, name);
        }

        @Override
        public void notServed(MesosAgentId host, LeaseId lease, long revision, String reason) {
            recorded.notServed(host, lease, revision, reason);
        }

        @Override
        public void policiesApplied(MesosAgentId host, long version) {
            recorded.policiesApplied(host, version);
        }

        @Override
        public void rolesTried(MesosAgentId host, RolesTried answer) {
            recorded.rolesTried(host, answer);
        }
    }
}
