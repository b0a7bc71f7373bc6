package io.mesosiam.lease;

/**
 * A claim of a host by this controller, which owns the host from now on.
 *
 * @param epoch number that every write about the host carries from now on
 * @param continued whether it is known that no other controller has claimed the host since the last claim of this
 *     controller, which an earlier process of it may have made
 */
public record Ownership(long epoch, boolean continued) {}
