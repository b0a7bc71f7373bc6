package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.AuditEvent;
import io.mesosiam.lease.AuditEvent.Kind;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.Withdrawal;
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
 * Says what happened, in the log and in the journal. What happens while the host's agent is away is written when it is
 * back, unless another controller has the host then.
 */
final class AuditTrail {
    private static final Logger LOG = Logger.getLogger(AuditTrail.class);

    private static final int MAX_MESSAGE = 1000;

    private final ReconcilerState tracked;
    private final Journal journal;
    private final InstantSource clock;
    private final Map<LeaseId, AuditEvent> unwritten = new LinkedHashMap<>();

    AuditTrail(ReconcilerState tracked, Journal journal, InstantSource clock) {
        this.tracked = tracked;
        this.journal = journal;
        this.clock = clock;
    }

    /** Something happened to a lease, whose row says how it stands now. */
    void lease(Kind kind, ManagedLease kept, String message) {
        Lease lease = kept.lease();
        AuditEvent event = event(kind, kept, message);
        log(event);
        OptionalLong epoch = tracked.hosts().epoch(lease.host());
        if (epoch.isPresent()) {
            unwritten.remove(lease.id());
            journal.write(new Journal.Entry.Changed(lease, epoch.getAsLong(), event));
        } else {
            unwritten.put(lease.id(), event);
        }
    }

    /** Its task ended, which is so whoever keeps the host. */
    void ended(ManagedLease kept, String message) {
        AuditEvent event = event(Kind.REAPED, kept, message);
        log(event);
        unwritten.remove(kept.lease().id());
        journal.write(new Journal.Entry.Ended(kept.lease(), event));
    }

    /** A container was refused. The reason is for operators; where it is the container's message, it is said once. */
    void refused(Refusal refusal, String reason) {
        noted(
                Kind.REFUSED,
                refusal.key(),
                Optional.of(refusal.container()),
                refusal.code().text() + ": " + reason);
    }

    /** A launch has waited for some time. */
    void waiting(Launch launch, LeaseAction.Wait wait) {
        noted(
                Kind.WAITING,
                new LeaseKey(launch, wait.name()),
                tracked.launches().task(launch).flatMap(known -> known.task().container()),
                wait.why().text() + ": " + wait.reason());
    }

    /** What concerns no lease. */
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

    /** A withdrawal that was not made for this lease alone ends it. The message has its reason and the database user who made it. */
    void withdrawnBy(ManagedLease kept, String message) {
        note(Kind.WITHDRAWN, kept, message);
    }

    /** A lease is kept as another controller, or an earlier run, left it: its row needs no change. */
    void takenOver(ManagedLease kept, String message) {
        note(Kind.ADOPTED, kept, message);
    }

    /** An event beside what the row of the lease says. */
    private void note(Kind kind, ManagedLease kept, String message) {
        AuditEvent event = event(kind, kept, message);
        log(event);
        MesosAgentId host = kept.lease().host();
        tracked.hosts().epoch(host).ifPresent(epoch -> journal.write(new Journal.Entry.Noted(host, epoch, event)));
    }

    /** The host's agent is back, and no other controller had it: what could not be written can be now. */
    void back(MesosAgentId host) {
        tracked.leases().on(host).forEach(kept -> Optional.ofNullable(
                        unwritten.remove(kept.lease().id()))
                .ifPresent(event -> tracked.hosts()
                        .epoch(host)
                        .ifPresent(epoch -> journal.write(new Journal.Entry.Changed(kept.lease(), epoch, event)))));
    }

    /** That lease is another controller's now. */
    void forget(LeaseId lease) {
        unwritten.remove(lease);
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

    /** What AWS says may hold anything; a log line and a row hold one bounded line. */
    private static String oneLine(String message) {
        String line = message.replaceAll("\\p{Cntrl}", " ");
        return line.length() <= MAX_MESSAGE ? line : line.substring(0, MAX_MESSAGE) + "…";
    }

    private static void log(AuditEvent event) {
        var key = event.key().launch().key();
        LOG.infof(
                "%s credentialName=%s taskId=%s containerId=%s frameworkId=%s mesosAgentId=%s leaseId=%s iamRoleArn=%s"
                        + " reason=\"%s\"",
                event.kind().word(),
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
