package io.mesosiam.sts;

/**
 * What is left of the limit on calls per second, at one moment.
 *
 * @param left calls that may be made at once; at most a quarter of a second's
 * @param rate the part of {@code mesos-iam.sts.calls-per-second} that is used, 1 unless STS has throttled
 * @param waiting calls that wait for their turn
 */
public record StsBudget(double left, double rate, int waiting) {
    /** The budget of two regions: the scarcer one's, and the calls that wait in either. */
    StsBudget with(StsBudget other) {
        return new StsBudget(
                Math.min(left, other.left), Math.min(rate, other.rate), Math.addExact(waiting, other.waiting));
    }
}
