package io.mesosiam.lease;

import io.mesosiam.policy.CredentialName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What holds for one launch now, beside its leases; for operators.
 *
 * @param connected whether the agent of the launch's host is connected to this controller
 * @param waiting why a credential name has nothing, or nothing new
 * @param withdrawals those that stand and concern the launch
 * @param refusals what its container is told instead of credentials
 */
public record Outlook(
        boolean connected, Map<CredentialName, Waiting> waiting, List<Withdrawal> withdrawals, List<Refusal> refusals) {
    public Outlook {
        waiting = Map.copyOf(waiting);
        withdrawals = List.copyOf(withdrawals);
        refusals = List.copyOf(refusals);
    }

    /**
     * What the next step waits for.
     *
     * @param why the kind of reason, as metrics and audit events have it
     * @param reason the same in a sentence
     * @param until when the next step is taken without an event; empty if an event takes it
     */
    public record Waiting(WaitReason why, String reason, Optional<Instant> until) {}
}
