package io.mesosiam.agent.serve;

import java.time.Instant;

/** What is here for a container and a credential name. */
public sealed interface Answer {
    /**
     * A lease to serve.
     *
     * @param containerId whose lease it is: the asking container's, or that of the nearest container around it that has one
     * @param expiration the session's end by STS; a lease past it is not an answer
     */
    record Lease(String leaseId, String containerId, String iamRoleArn, Instant expiration, CredentialBody body)
            implements Answer {
        /** The ARN's last part, without the path: what the metadata service calls the role. */
        String iamRoleName() {
            return iamRoleArn.substring(iamRoleArn.lastIndexOf('/') + 1);
        }
    }

    /** A lasting no. */
    record Refusal(String code, String message) implements Answer {}

    /** Nothing is known; the controller may know. */
    record Nothing() implements Answer {}
}
