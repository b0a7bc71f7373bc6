package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.RefusalCode;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.policy.CredentialName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Everything that a plan for one launch rests on, at one moment.
 *
 * @param task empty while the cluster state doesn't know the launch, which proves nothing
 * @param end by the master's word or by that of our agent on its host
 * @param desiredLeases by credential name; empty without a task
 * @param leases the live ones
 * @param refusals what its container was told
 * @param asked the names that its container asked for
 * @param withdrawals those of this launch
 * @param backoff for each name whose identity STS gave no session: until when STS isn't asked again, and whether it refused
 * @param notServed for each lease that the host's agent received and doesn't serve: the agent's reason
 * @param neighbours other running launches in the same container
 * @param outOfSight since when the master has had no word of the launch: it is away, or the Mesos agent is
 * @param open whether new leases may be decided, that is whether the journal keeps up
 */
record LaunchView(
        Launch launch,
        Optional<LaunchedTask> task,
        Optional<TaskEnd> end,
        Map<CredentialName, DesiredLease> desiredLeases,
        Map<CredentialName, ManagedLease> leases,
        Map<CredentialName, Refusal> refusals,
        Set<CredentialName> asked,
        List<Withdrawal> withdrawals,
        Map<CredentialName, IssueBackoff.Hold> backoff,
        Map<CredentialName, String> notServed,
        List<Neighbour> neighbours,
        Host host,
        Optional<Instant> outOfSight,
        boolean open,
        Instant now) {
    /**
     * The launch's host, as far as this controller knows it.
     *
     * @param connected whether its agent's stream ends here; then its leases are ours to change
     * @param alive whether that agent reports the launch's container running since the same moment as ever
     */
    record Host(boolean connected, boolean alive) {}

    /**
     * Another running launch in the same container, as with an executor of several tasks.
     *
     * @param listed whether the cluster state shows it; of one that only a lease names nothing can be decided yet
     * @param desiredLeases what a withdrawal covers is withdrawn in them
     * @param bound the identity hashes of its live leases that are bound to the container
     */
    record Neighbour(
            Launch launch,
            boolean listed,
            Map<CredentialName, DesiredLease> desiredLeases,
            Map<CredentialName, String> bound) {
        DesiredLease desired(CredentialName name) {
            return Optional.ofNullable(desiredLeases.get(name))
                    .orElseGet(() -> listed
                            ? new DesiredLease.Refuse(RefusalCode.NO_POLICY, "")
                            : new DesiredLease.Unready("the cluster state doesn't show the task"));
        }
    }

    /** The launch's container, from its task or from a lease that was bound earlier. */
    Optional<ContainerId> container() {
        return task.flatMap(known -> known.task().container()).or(() -> leases.values().stream()
                .flatMap(kept -> kept.lease().container().stream())
                .findFirst());
    }
}
