/**
 * The credential endpoint, over the HTTP server of {@code serve.http}.
 *
 * <p>In: HTTP requests of AWS SDKs; for each connection, the container that {@code agent.attest} identifies; this
 * host's leases ({@link io.mesosiam.agent.serve.CredentialSource}). Out: answers from memory, in the shapes of ECS,
 * EKS and the instance metadata service, and their lines in the audit log. {@code Failure} lists the error answers.
 * Decides nothing about which container may use which IAM role. {@link io.mesosiam.agent.serve.CredentialEndpoint} is
 * the door.
 */
@NullMarked
package io.mesosiam.agent.serve;

import org.jspecify.annotations.NullMarked;
