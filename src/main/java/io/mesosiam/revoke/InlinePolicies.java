package io.mesosiam.revoke;

import io.mesosiam.policy.IamRole;

/** Attaches and removes inline policies of IAM roles. Both calls are idempotent, and block. */
interface InlinePolicies {
    /**
     * Attaches a policy, or replaces it.
     *
     * @throws RuntimeException if IAM refused it or gave no answer; the message is for operators
     */
    void put(IamRole role, String name, String document);

    /**
     * Removes a policy. It succeeds if there is no such policy or role.
     *
     * @throws RuntimeException if IAM refused it or gave no answer; the message is for operators
     */
    void delete(IamRole role, String name);
}
