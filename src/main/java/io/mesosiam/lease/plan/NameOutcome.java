package io.mesosiam.lease.plan;

import io.mesosiam.lease.Refusal.RefusalCode;
import java.util.List;
import java.util.Optional;

/** The result of the rules for one credential name of a running task, before it is expressed as actions. */
public sealed interface NameOutcome {
    /** The name doesn't concern the container. Nothing changes. */
    record Unconcerned() implements NameOutcome {}

    /**
     * The container is refused the name. An existing lease ends.
     *
     * @param reason for operators: why the lease ends and the name is refused
     * @param message for the container
     * @param withdrawn the withdrawal of another task of the container, if it is the reason
     * @param waits what else is reported
     */
    record Refused(
            RefusalCode code, String reason, String message, Optional<String> withdrawn, List<LeaseAction.Wait> waits)
            implements NameOutcome {
        Refused(RefusalCode code, String reason, String message, LeaseAction.Wait... waits) {
            this(code, reason, message, Optional.empty(), List.of(waits));
        }

        /** A withdrawal. The container isn't sent its reason. */
        static Refused withdrawn(String reason) {
            return new Refused(RefusalCode.WITHDRAWN, reason, WITHDRAWN);
        }

        /** A withdrawal of another task of the container, which receives the same message for each of its tasks. */
        static Refused withdrawnFromNeighbour(String reason, LeaseAction.Wait wait) {
            return new Refused(RefusalCode.WITHDRAWN, reason, WITHDRAWN, Optional.of(reason), List.of(wait));
        }

        private static final String WITHDRAWN = "the credentials were withdrawn";
    }

    /**
     * The container has no lease of the name at present, and is not refused it. An existing lease ends.
     *
     * @param end why an existing lease ends; empty if there is none
     * @param waits what the name waits for
     */
    record Postponed(Optional<String> end, List<LeaseAction.Wait> waits) implements NameOutcome {
        Postponed(LeaseAction.Wait... waits) {
            this(Optional.empty(), List.of(waits));
        }

        Postponed(String end, LeaseAction.Wait... waits) {
            this(Optional.of(end), List.of(waits));
        }
    }

    /** The time to live of the lease has ended: it ends, and the name gets no lease any more. */
    record Expired() implements NameOutcome {}

    /**
     * The lease is kept, and its sessions are renewed.
     *
     * @param give what its sessions are requested for
     * @param waits what else is reported
     */
    record Kept(ManagedLease lease, DesiredLease.Give give, List<LeaseAction.Wait> waits) implements NameOutcome {}

    /**
     * The lease is kept, but no session is requested for it, because it isn't known whether policy still gives it.
     *
     * @param waiting what the name waits for
     */
    record Retained(ManagedLease lease, LeaseAction.Wait waiting) implements NameOutcome {}

    /** A new lease is issued. An existing lease with another session ends. */
    record Issued(DesiredLease.Give give) implements NameOutcome {}
}
