package io.mesosiam.channel;

import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.channel.wire.ControllerMessage.ClearRefusal;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.channel.wire.ControllerMessage.Remove;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.ControllerMessage.Upsert;
import io.mesosiam.channel.wire.ControllerMessage.WireSession;
import io.mesosiam.channel.wire.Executor;
import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.Session;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Converts deliveries to messages for agents. A delivery that can't be encoded is skipped and logged. */
final class DeliveryMessage {
    private static final Logger LOG = Logger.getLogger(DeliveryMessage.class);

    private DeliveryMessage() {}

    /** The complete state of a host. Withdrawn leases and cleared refusals are absent from it. */
    static Sync sync(long epoch, List<Delivery> state) {
        List<String> retained = new ArrayList<>();
        List<Entry> entries = new ArrayList<>();
        for (Delivery delivery : state) {
            if (delivery instanceof Delivery.Retain(LeaseId lease)) {
                retained.add(lease.toString());
            } else if (of(delivery).orElse(null) instanceof Upsert upsert) {
                entries.add(upsert.entry());
            }
        }
        return new Sync(epoch, entries, retained);
    }

    static Optional<ControllerMessage> of(Delivery delivery) {
        try {
            return Optional.of(message(delivery));
        } catch (IllegalArgumentException e) {
            LOG.errorf("delivery not sent reason=\"%s\" what=%s", e.getMessage(), subject(delivery));
            return Optional.empty();
        }
    }

    private static ControllerMessage message(Delivery delivery) {
        return switch (delivery) {
            case Delivery.Serve serve -> new Upsert(served(serve));
            case Delivery.Keep keep -> new Upsert(kept(keep));
            case Delivery.Retain(LeaseId lease) ->
                throw new IllegalArgumentException("only a host's complete state retains leases, here " + lease);
            case Delivery.Refuse refuse ->
                new Upsert(new Entry.Refusal(
                        refuse.container().toString(),
                        refuse.name().value(),
                        refuse.code().text(),
                        refuse.message()));
            case Delivery.Withdraw withdraw -> new Remove(withdraw.lease().toString(), withdraw.reason());
            case Delivery.ClearRefusal clear ->
                new ClearRefusal(clear.container().toString(), clear.name().value());
            case Delivery.Policies policies -> new ControllerMessage.Policies(policies.version());
        };
    }

    private static Entry served(Delivery.Serve serve) {
        Lease lease = serve.lease();
        Session session = serve.session();
        return new Entry.Served(
                lease.id().toString(),
                lease.revision(),
                lease.container().map(ContainerId::toString),
                lease.name().value(),
                lease.role().arn(),
                lease.identityHash(),
                new WireSession(
                        session.accessKeyId(), session.secretAccessKey(), session.sessionToken(), session.expiration()),
                serve.traceparent(),
                executor(lease, serve.executor()));
    }

    private static Entry kept(Delivery.Keep keep) {
        Lease lease = keep.lease();
        return new Entry.Kept(
                lease.id().toString(),
                lease.revision(),
                lease.container().map(ContainerId::toString),
                lease.name().value(),
                lease.role().arn(),
                lease.identityHash(),
                keep.heldAs().map(LeaseId::toString),
                executor(lease, keep.executor()));
    }

    /** Without an id that Mesos can't have, which could not be sent. */
    private static Optional<Executor> executor(Lease lease, Optional<String> executor) {
        return executor.flatMap(text -> MesosText.valid(
                text, id -> new Executor(lease.launch().key().framework().value(), id)));
    }

    private static String subject(Delivery delivery) {
        return switch (delivery) {
            case Delivery.Serve serve -> "leaseId=" + serve.lease().id();
            case Delivery.Keep keep -> "leaseId=" + keep.lease().id();
            case Delivery.Retain retain -> "leaseId=" + retain.lease();
            case Delivery.Withdraw withdraw -> "leaseId=" + withdraw.lease();
            case Delivery.Refuse refuse -> "containerId=" + refuse.container();
            case Delivery.ClearRefusal clear -> "containerId=" + clear.container();
            case Delivery.Policies policies -> "policyVersion=" + policies.version();
        };
    }
}
