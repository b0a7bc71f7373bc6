package io.mesosiam.agent.serve;

import java.time.Instant;
import java.util.Optional;

/** The state of a container and a credential name on this host. */
public sealed interface Answer {
    /**
     * A lease to serve.
     *
     * @param containerId the container of the lease: the caller's, or the nearest container around it that has one
     * @param expiration the session's end according to STS; a lease past it is not an answer
     * @param traceId for the audit line; empty if the controller doesn't trace
     */
    record Lease(
            String leaseId,
            String containerId,
            String iamRoleArn,
            Instant expiration,
            CredentialBody body,
            Optional<String> traceId)
            implements Answer {
        /** The last part of the ARN, without the path: the role's name in the metadata service. */
        String iamRoleName() {
            return iamRoleArn.substring(iamRoleArn.lastIndexOf('/') + 1);
        }
    }

    /** A lasting refusal. */
    record Refusal(String code, String message) implements Answer {}

    /** Nothing is known on this host; the controller may have an answer. */
    record Nothing() implements Answer {}
}
