package io.mesosiam.admin.revocation;

import java.time.Instant;

/**
 * The sessions of one IAM role that live leases have, which a revocation covers.
 *
 * @param leases number of these leases
 * @param names the names of their sessions, with a space between them; none of more leases than have their names denied
 * @param until when the last session expires, with a session that STS may be issuing now
 * @param longest when a session would expire at the latest that is issued now
 * @param shared whether another lease uses a session of one of these names
 */
record CoveredRole(String iamRoleArn, long leases, String names, Instant until, Instant longest, boolean shared) {}
