package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.Outlook;
import io.mesosiam.lease.Refusal;
import io.mesosiam.policy.CredentialName;
import java.util.Map;

/**
 * What a launch has, by credential name, as its newest plan left it. No policy gives the task a name
 * that is in none of the maps, or the task has not been planned yet.
 *
 * @param connected whether the agent of the launch's host is connected to this controller
 * @param leases the live leases
 * @param waiting what the names wait for; a name with a lease can wait, too. Empty unless the host is connected here
 * @param refusals what the container is refused
 */
public record LaunchStanding(
        boolean connected,
        Map<CredentialName, Lease> leases,
        Map<CredentialName, Outlook.Waiting> waiting,
        Map<CredentialName, Refusal> refusals) {
    public LaunchStanding {
        leases = Map.copyOf(leases);
        waiting = Map.copyOf(waiting);
        refusals = Map.copyOf(refusals);
    }
}
