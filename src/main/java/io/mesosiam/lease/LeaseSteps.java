package io.mesosiam.lease;

import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

/**
 * Receives the steps of leases on their way from a change of the cluster to their hosts, for traces. Most calls are made
 * under the reconciler's lock, so they return at once. They never fail.
 */
public interface LeaseSteps {
    /** Takes no notice. */
    LeaseSteps NONE = new LeaseSteps() {};

    /** A change of the cluster has arrived that touches these launches. */
    default void arrived(Collection<Launch> touched) {}

    /** A launch is planned from now on. */
    default void planning() {}

    /**
     * A session is obtained for a lease, within the plan of its launch: from STS, or a shared one.
     *
     * @param renewal whether the lease already has a session
     */
    default void requested(Lease lease, boolean renewal) {}

    /** The plan of the launch has ended. */
    default void planned(Launch launch) {}

    /** STS has answered a request for a lease's session. */
    default void answered(LeaseId lease, SessionOutcome outcome) {}

    /**
     * The lease's session is sent to its host.
     *
     * @return the trace context that the message carries, as W3C's Trace Context writes it
     */
    default Optional<String> sent(Lease lease) {
        return Optional.empty();
    }

    /**
     * A row or an audit event of the lease is written.
     *
     * @param waited how long it was queued
     */
    default void written(LeaseId lease, Duration waited) {}

    /**
     * The agent of a host states that it serves a lease.
     *
     * @param lease as the agent writes it
     */
    default void applied(MesosAgentId host, String lease) {}

    /** The lease has ended. */
    default void ended(LeaseId lease) {}
}
