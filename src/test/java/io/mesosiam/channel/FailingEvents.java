package io.mesosiam.channel;

import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.HeldLease;
import io.mesosiam.lease.HostLoad;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Throws unexpected exceptions while a test wants it to. */
final class FailingEvents implements HostEvents {
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
            long epoch,
            List<HeldLease> held,
            Map<ContainerId, Long> running,
            Consumer<List<Delivery>> send) {
        failSome(failingConnects);
        recorded.connected(host, epoch, held, running, send);
    }

    @Override
    public boolean claimed(MesosAgentId host, long before, long epoch) {
        return recorded.claimed(host, before, epoch);
    }

    @Override
    public void disconnected(MesosAgentId host, long epoch) {
        recorded.disconnected(host, epoch);
    }

    @Override
    public HostLoad containers(MesosAgentId host, Map<ContainerId, Long> started, Set<ContainerId> ended) {
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
}
