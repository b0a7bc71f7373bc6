package io.mesosiam.agent.serve;

import io.mesosiam.agent.attest.Attestation.Attested;
import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.serve.HeldRequests.Outcome;
import io.mesosiam.pause.Deadline;
import java.time.Duration;

/**
 * A request whose container is known.
 *
 * @param waited how long it waited for a lease so far
 */
record AttestedRequest(CallerRequest sent, Attested attested, Deadline deadline, Finder answers, Duration waited) {
    /** Finds the container's answer for a name, and may wait for it. */
    interface Finder {
        Outcome find(String name) throws InterruptedException;
    }

    AttestedRequest(CallerRequest sent, Attested attested, Deadline deadline, Finder answers) {
        this(sent, attested, deadline, answers, Duration.ZERO);
    }

    AttestedRequest withWaited(Duration time) {
        return new AttestedRequest(sent, attested, deadline, answers, time);
    }

    Container container() {
        return attested.container();
    }

    CredentialApi api() {
        return sent.parsed().api();
    }

    CredentialRequest request() {
        return sent.parsed().request();
    }
}
