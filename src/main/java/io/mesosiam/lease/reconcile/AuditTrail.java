package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.AuditEvent;
import io.mesosiam.lease.AuditEvent.Kind;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.plan.DesiredLease;
import io.mesosiam.lease.plan.LeaseAction;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.line.OneLine;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgentId;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jboss.logging.Logger;

/**
 * Writes events to the log and to the journal. An event that occurs while the host's agent is disconnected is written
 * to the journal when the agent reconnects, unless another controller has claimed the host by that time.
 */
final class AuditTrail {
    private static final Logger LOG = Logger.getLogger(AuditTrail.class);

    private static final int MAX_MESSAGE = 1000;

    private final ReconcilerState tracked;
    private final Journal journal;
    private final InstantSource clock;
    private final Map<LeaseId, AuditEvent> delayed = new LinkedHashMap<>();

    AuditTrail(ReconcilerState tracked, Journal journal, InstantSource clock) {
        this.tracked = tracked;
        this.journal = journal;
        this.clock = clock;
    }

    /** Records an event of a lease together with the lease's current row. */
    void lease(Kind kind, ManagedLease kept, String message) {
        Lease lease = kept.lease();
        AuditEvent event = event(kind, kept, message);
        log(event);
        OptionalLong epoch = tracked.hosts().epoch(lease.host());
        if (epoch.isPresent()) {
            delayed.remove(lease.id());
            journal.write(new Journal.Entry.Changed(lease, epoch.getAsLong(), event));
        } else {
            delayed.put(lease.id(), event);
        }
    }

    /** Records that the lease's task has ended. This is valid no matter which controller owns the host. */
    void ended(ManagedLease kept, String message) {
        AuditEvent event = event(Kind.REAPED, kept, message);
        log(event);
        delayed.remove(kept.lease().id());
        journal.write(new Journal.Entry.Ended(kept.lease(), event));
    }

    /**
     * Records a refusal.
     *
     * @param reason for operators; it can differ from the message that the container receives
     */
    void refused(Refusal refusal, String reason) {
        noted(
                Kind.REFUSED,
                refusal.key(),
                Optional.of(refusal.container()),
                refusal.code().text() + ": " + reason);
    }

    /** Records that a launch has waited for some time. */
    void waiting(Launch launch, LeaseAction.Wait wait) {
        noted(
                Kind.WAITING,
                new LeaseKey(launch, wait.name()),
                tracked.launches().container(launch),
                wait.why().text() + ": " + wait.reason());
    }

    /** Records an event that belongs to no lease. */
    private void noted(Kind kind, LeaseKey key, Optional<ContainerId> container, String message) {
        AuditEvent event = new AuditEvent(
                clock.instant(),
                kind,
                key,
                container,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                oneLine(message),
                tracked.launches().task(key.launch()).map(LaunchedTask::witnessed),
                Optional.empty());
        log(event);
        MesosAgentId host = key.launch().key().agent();
        tracked.hosts().epoch(host).ifPresent(epoch -> journal.write(new Journal.Entry.Noted(host, epoch, event)));
    }

    void withdrawn(ManagedLease kept, Withdrawal withdrawal) {
        Lease lease = kept.lease();
        AuditEvent event = event(Kind.WITHDRAWN, kept, withdrawal.reason());
        log(event);
        tracked.hosts()
                .epoch(lease.host())
                .ifPresent(epoch -> journal.write(new Journal.Entry.Withdrawn(withdrawal, lease.host(), epoch, event)));
    }

    /**
     * Records that a withdrawal which covers more than this lease ended it.
     *
     * @param message contains the withdrawal's reason and the database user
     */
    void withdrawnBy(ManagedLease kept, String message) {
        note(Kind.WITHDRAWN, kept, message);
    }

    /** Records that a lease of another controller is kept unchanged. Its row is not written. */
    void takenOver(ManagedLease kept, String message) {
        note(Kind.ADOPTED, kept, message);
    }

    /** Records an event without writing the lease's row. */
    private void note(Kind kind, ManagedLease kept, String message) {
        AuditEvent event = event(kind, kept, message);
        log(event);
        MesosAgentId host = kept.lease().host();
        tracked.hosts().epoch(host).ifPresent(epoch -> journal.write(new Journal.Entry.Noted(host, epoch, event)));
    }

    /**
     * Writes the delayed events of a host whose agent is connected again, if no other controller has owned it since.
     */
    void writeDelayed(MesosAgentId host) {
        tracked.leases().on(host).forEach(kept -> Optional.ofNullable(
                        delayed.remove(kept.lease().id()))
                .ifPresent(event -> tracked.hosts()
                        .epoch(host)
                        .ifPresent(epoch -> journal.write(new Journal.Entry.Changed(kept.lease(), epoch, event)))));
    }

    /** Discards the delayed event of a lease that another controller owns now. */
    void forget(LeaseId lease) {
        delayed.remove(lease);
    }

    private AuditEvent event(Kind kind, ManagedLease kept, String message) {
        Lease lease = kept.lease();
        return new AuditEvent(
                clock.instant(),
                kind,
                lease.key(),
                lease.container(),
                Optional.of(lease.id()),
                Optional.of(lease.role()),
                Optional.of(lease.policy()),
                oneLine(message),
                Optional.of(lease.witnessed()),
                kept.under().map(DesiredLease.Give::selfAsserted));
    }

    /** Makes a bounded single line for a log line or a row, since messages from AWS can contain any characters. */
    private static String oneLine(String message) {
        return OneLine.cut(OneLine.of(message), MAX_MESSAGE);
    }

    private static void log(AuditEvent event) {
        var key = event.key().launch().key();
        LOG.infof(
                "%s credentialName=%s taskId=%s containerId=%s frameworkId=%s mesosAgentId=%s leaseId=%s iamRoleArn=%s"
                        + " reason=\"%s\"",
                event.kind().text(),
                event.key().name(),
                key.task(),
                event.container().map(Object::toString).orElse("-"),
                key.framework(),
                key.agent(),
                event.lease().map(Object::toString).orElse("-"),
                event.role().map(Object::toString).orElse("-"),
                event.message());
    }
}
