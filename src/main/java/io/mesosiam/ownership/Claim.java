package io.mesosiam.ownership;

/**
 * A claim of this controller: it renews the leases of a host.
 *
 * @param epoch number that every write about the host carries; a write with an older one is rejected
 * @param provisional whether Postgres did not answer: the epoch is then the last one of this controller, or 0, and
 *     writes under it never replace those of a controller with a later epoch
 * @param draining whether an operator has set the host to get no new leases
 * @param continued whether no other controller claimed the host since the last claim of this one
 */
public record Claim(long epoch, boolean provisional, boolean draining, boolean continued) {}
