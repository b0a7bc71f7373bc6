package io.mesosiam.preview;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * How many live leases a write may end without a confirmation.
 *
 * @param leases the most leases that one write may end
 * @param share the largest part of all live leases that one write may end, 0 to 1
 */
public record BlastRadius(long leases, double share) {
    public BlastRadius {
        if (leases < 0 || !(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("leases must not be negative, share must be 0 to 1");
        }
    }

    /**
     * Returns why a write is refused; empty if it may be made.
     *
     * @param ends the number of live leases that it would end
     * @param live the number of live leases
     * @param confirmed the number that the caller confirms; it must be the exact number, so that a confirmation can't
     *     cover more than the caller saw
     */
    public Optional<String> objection(long ends, long live, OptionalLong confirmed) {
        boolean small = ends == 0 || (ends <= leases && ends <= share * live);
        if (small || (confirmed.isPresent() && confirmed.getAsLong() == ends)) {
            return Optional.empty();
        }
        String what = "it would end " + ends + " of " + live + " live leases; without a confirmation a write may end "
                + leases + ", and " + Math.round(share * 100) + " % of them. To make it, send confirm=" + ends;
        return Optional.of(
                confirmed.isPresent() ? "confirm=" + confirmed.getAsLong() + " is another number: " + what : what);
    }
}
