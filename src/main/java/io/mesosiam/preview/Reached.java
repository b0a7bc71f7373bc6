package io.mesosiam.preview;

import io.mesosiam.lease.Lease;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.policy.CredentialName;
import java.util.Optional;

/**
 * A running task that reaches an IAM role.
 *
 * @param task empty if only a lease names the launch
 * @param gift the credentials that it has or gets on request
 * @param lease its own live lease of the name; empty before a request, or if another task of its container has the lease
 * @param connected whether the host's agent is connected to this controller
 */
public record Reached(
        Launch launch,
        Optional<LaunchedTask> task,
        CredentialName name,
        Gift gift,
        Optional<Lease> lease,
        boolean connected) {
    /** The same with another lease. */
    public Reached having(Optional<Lease> other) {
        return new Reached(launch, task, name, gift, other, connected);
    }
}
