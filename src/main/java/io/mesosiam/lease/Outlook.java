package io.mesosiam.lease;

import io.mesosiam.policy.CredentialName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The current situation of one launch apart from its leases, for operators.
 *
 * @param connected whether the agent of the launch's host is connected to this controller
 * @param waiting why a credential name has no session, or no new one
 * @param withdrawals active withdrawals that apply to the launch
 * @param refusals refusals that the container receives instead of credentials
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
     * @param why the kind of reason, as in metrics and audit events
     * @param reason the reason as a sentence
     * @param until when the next step is taken without an event; empty if only an event triggers it
     */
    public record Waiting(WaitReason why, String reason, Optional<Instant> until) {}
}
