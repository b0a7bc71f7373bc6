package io.mesosiam.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.wire.AgentMessage.RolesTried;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.lease.Delivery;
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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Records the events of the channel in order, and answers with a state that the test sets. */
public final class HeardEvents implements HostEvents {
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Map<MesosAgentId, Integer> claims = new ConcurrentHashMap<>();
    private volatile Supplier<List<Delivery>> state = List::of;
    private volatile Consumer<HostStream> beforeState = _ -> {};
    private volatile Runnable afterState = () -> {};

    public sealed interface Event {}

    record Connected(MesosAgentId host, long epoch, List<HeldLease> held, Map<ContainerId, ReportedContainer> running)
            implements Event {}

    record Claimed(MesosAgentId host, long before, long epoch) implements Event {}

    record LateClaim(MesosAgentId host, long epoch, boolean continued) implements Event {}

    record Disconnected(MesosAgentId host, long epoch) implements Event {}

    record Changed(MesosAgentId host, Map<ContainerId, ReportedContainer> started, Set<ContainerId> ended)
            implements Event {}

    record Asked(MesosAgentId host, ContainerId container, CredentialName name) implements Event {}

    record NotServed(MesosAgentId host, LeaseId lease, long revision, String reason) implements Event {}

    record PoliciesApplied(MesosAgentId host, long version) implements Event {}

    record TriedRoles(MesosAgentId host, RolesTried answer) implements Event {}

    void state(Supplier<List<Delivery>> next) {
        state = next;
    }

    /** Sets what runs while a stream waits for the state of its host. */
    void beforeState(Consumer<HostStream> next) {
        beforeState = next;
    }

    /** Sets what runs after the state is handed over and before the call returns. */
    void afterState(Runnable next) {
        afterState = next;
    }

    public Event next() throws InterruptedException {
        Event event = events.poll(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS);
        assertThat(event).as("an event from the channel").isNotNull();
        return event;
    }

    public boolean isEmpty() {
        return events.isEmpty();
    }

    @Override
    public void connected(
            MesosAgentId host,
            Ownership ownership,
            List<HeldLease> held,
            Map<ContainerId, ReportedContainer> running,
            HostStream stream) {
        events.add(new Connected(host, ownership.epoch(), held, running));
        beforeState.accept(stream);
        stream.open(state.get());
        afterState.run();
    }

    @Override
    public boolean claimed(MesosAgentId host, long before, long epoch) {
        events.add(new Claimed(host, before, epoch));
        return true;
    }

    @Override
    public void lateClaim(MesosAgentId host, long epoch, boolean continued) {
        events.add(new LateClaim(host, epoch, continued));
    }

    @Override
    public void disconnected(MesosAgentId host, long epoch) {
        events.add(new Disconnected(host, epoch));
    }

    @Override
    public void claimBegins(MesosAgentId host) {
        claims.merge(host, 1, Integer::sum);
    }

    @Override
    public void claimEnds(MesosAgentId host) {
        claims.merge(host, -1, Integer::sum);
    }

    @Override
    public boolean isAwaited(InetAddress address) {
        return false;
    }

    /** Number of claims of the host that have begun and not ended. */
    int claims(MesosAgentId host) {
        return claims.getOrDefault(host, 0);
    }

    @Override
    public HostLoad containers(MesosAgentId host, Map<ContainerId, ReportedContainer> started, Set<ContainerId> ended) {
        events.add(new Changed(host, started, ended));
        return HostLoad.of(started);
    }

    @Override
    public void asked(MesosAgentId host, ContainerId container, CredentialName name) {
        events.add(new Asked(host, container, name));
    }

    @Override
    public void notServed(MesosAgentId host, LeaseId lease, long revision, String reason) {
        events.add(new NotServed(host, lease, revision, reason));
    }

    @Override
    public void policiesApplied(MesosAgentId host, long version) {
        events.add(new PoliciesApplied(host, version));
    }

    @Override
    public void rolesTried(MesosAgentId host, RolesTried answer) {
        events.add(new TriedRoles(host, answer));
    }
}
