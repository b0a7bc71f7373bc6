package io.mesosiam.agent.link;

import io.mesosiam.agent.serve.Answer;
import io.mesosiam.agent.serve.CredentialBody;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import java.time.Instant;
import java.util.Optional;

/**
 * A lease in this host's memory. It is served once it is bound to a container.
 *
 * @param containerId empty until the lease is bound
 * @param traceId the trace in which the controller sent the session, if it traces
 */
record StoredLease(
        String leaseId,
        long revision,
        Optional<String> containerId,
        String name,
        String iamRoleArn,
        String identityHash,
        Instant expiration,
        CredentialBody body,
        Optional<String> traceId) {
    /** The lease of a message that brought its session. */
    static StoredLease of(Entry.Served served, CredentialBody body) {
        return new StoredLease(
                served.leaseId(),
                served.revision(),
                served.containerId(),
                served.name(),
                served.roleArn(),
                served.identityHash(),
                served.session().expiration(),
                body,
                served.traceparent().map(StoredLease::traceId));
    }

    /** The second part of a traceparent. */
    private static String traceId(String traceparent) {
        return traceparent.substring(3, 35);
    }

    /** The same session, with the container, name and role that the controller now states for its lease. */
    StoredLease keptAs(Entry.Kept kept) {
        return new StoredLease(
                kept.leaseId(),
                kept.revision(),
                kept.containerId(),
                kept.name(),
                kept.roleArn(),
                identityHash,
                expiration,
                body,
                traceId);
    }

    /** The same lease, before every revision. */
    StoredLease withoutRevision() {
        return new StoredLease(leaseId, 0, containerId, name, iamRoleArn, identityHash, expiration, body, traceId);
    }

    /** The same lease, bound to this container. */
    StoredLease in(Optional<String> container) {
        return new StoredLease(leaseId, revision, container, name, iamRoleArn, identityHash, expiration, body, traceId);
    }

    Answer.Lease answer(String boundTo) {
        return new Answer.Lease(leaseId, boundTo, iamRoleArn, expiration, body, traceId);
    }
}
