package io.mesosiam.channel;

import io.mesosiam.channel.wire.AgentMessage.Held;
import io.mesosiam.channel.wire.AgentMessage.RunningContainer;
import io.mesosiam.channel.wire.Executor;
import io.mesosiam.lease.HeldLease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosText;
import io.mesosiam.mesos.ReportedContainer;
import io.mesosiam.policy.CredentialName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Converts the reports of agents to the records of earlier stages. Invalid entries are skipped and logged. */
final class AgentReport {
    private static final Logger LOG = Logger.getLogger(AgentReport.class);

    /** STS makes no session longer than 12 hours; the rest is for clocks that differ. */
    private static final Duration LONGEST_SESSION = Duration.ofHours(13);

    private final StreamLines lines;

    AgentReport(StreamLines lines) {
        this.lines = lines;
    }

    /** The sessions that an agent holds, without those that expire later than any session: their leases' rows take the expiration. */
    List<HeldLease> held(List<Held> entries) {
        List<HeldLease> held = new ArrayList<>();
        Instant latest = lines.clock().instant().plus(LONGEST_SESSION);
        each(entries, entry -> {
            if (entry.expiration().isAfter(latest)) {
                throw new IllegalArgumentException(
                        "lease " + entry.leaseId() + " expires at " + entry.expiration() + ", as no session does");
            }
            held.add(new HeldLease(
                    LeaseId.parse(entry.leaseId()),
                    entry.identityHash(),
                    entry.expiration(),
                    entry.containerId().map(ContainerId::parse),
                    entry.name().map(CredentialName::new)));
        });
        return held;
    }

    Map<ContainerId, ReportedContainer> containers(List<RunningContainer> entries) {
        Map<ContainerId, ReportedContainer> containers = new HashMap<>();
        each(
                entries,
                entry -> containers.put(
                        ContainerId.parse(entry.containerId()),
                        new ReportedContainer(
                                entry.startTicks(), entry.executor().flatMap(AgentReport::executor))));
        return containers;
    }

    /** Without an id that Mesos can't have: it decides nothing. */
    private static Optional<ReportedContainer.Executor> executor(Executor executor) {
        return MesosText.valid(executor.frameworkId(), FrameworkId::new)
                .map(framework -> new ReportedContainer.Executor(framework, executor.id()));
    }

    private <E> void each(List<E> entries, Consumer<E> taken) {
        int invalid = 0;
        String first = "";
        for (E entry : entries) {
            try {
                taken.accept(entry);
            } catch (IllegalArgumentException e) {
                first = invalid++ == 0 ? String.valueOf(e.getMessage()) : first;
            }
        }
        if (invalid > 0) {
            int count = invalid;
            String reason = first;
            lines.due("report")
                    .ifPresent(repeated -> LOG.warnf(
                            "entries of an agent report ignored count=%d first=\"%s\" repeated=%d",
                            count, reason, repeated));
        }
    }
}
