package io.mesosiam.channel;

/**
 * That this controller renews a host's leases.
 *
 * @param epoch carried by every write about the host; a write with an older one is void
 * @param provisional whether Postgres could not be asked: the epoch is then the last that this controller had, or 0, and
 *     nothing written under it overrules a controller that was given a later one
 * @param draining whether an operator wants the host to get nothing new
 * @param continued whether no other controller claimed the host since this one's last claim
 */
record Claim(long epoch, boolean provisional, boolean draining, boolean continued) {}
