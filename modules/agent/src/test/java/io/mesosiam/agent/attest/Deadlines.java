package io.mesosiam.agent.attest;

import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.pause.Deadline;

/** Deadlines for tests in which none is to come. */
public final class Deadlines {
    private Deadlines() {}

    /** A deadline far beyond what a passing test takes. */
    public static Deadline ample() {
        return Deadline.in(TimeLimit.seconds(60));
    }
}
