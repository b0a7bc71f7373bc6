package io.mesosiam.lease;

import java.util.OptionalLong;

/**
 * A claim of a host by this controller, which owns the host from now on.
 *
 * @param epoch number that every write about the host carries from now on
 * @param continued whether it is known that no other controller has claimed the host since the last claim of this
 *     controller, which an earlier process of it may have made
 * @param servedUnder for a claim that the database has not recorded: the epoch under which the host's agent was served
 *     last, as it says. Empty for other claims, and if the agent doesn't say
 */
public record Ownership(long epoch, boolean continued, OptionalLong servedUnder) {
    /** A claim that the database has recorded. */
    public Ownership(long epoch, boolean continued) {
        this(epoch, continued, OptionalLong.empty());
    }

    /** A claim that the database has not recorded. */
    public static Ownership provisional(long epoch, OptionalLong servedUnder) {
        return new Ownership(epoch, false, servedUnder);
    }
}
