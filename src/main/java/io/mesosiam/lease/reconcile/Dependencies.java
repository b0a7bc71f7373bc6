package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Decider;
import io.mesosiam.lease.GrantRows;
import io.mesosiam.lease.LeaseDelivery;
import io.mesosiam.lease.LeaseRows;
import io.mesosiam.lease.LeaseSteps;
import io.mesosiam.lease.LeaseTimes;
import io.mesosiam.lease.SessionSource;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * The collaborators of a {@link Reconciler}.
 *
 * @param rows reads a host's leases when its agent connects after another controller owned the host
 * @param grants records which launches have launch grants
 * @param calls runs the calls to STS, which block
 * @param times receives how long leases and tasks have waited
 * @param steps receives the steps of leases, for traces
 */
public record Dependencies(
        Decider decider,
        SessionSource sessions,
        LeaseDelivery delivery,
        LeaseRows rows,
        GrantRows grants,
        Executor calls,
        InstantSource clock,
        RandomGenerator random,
        LeaseTimes times,
        LeaseSteps steps) {
    /** The collaborators of a reconciler whose leases are not traced. */
    public Dependencies(
            Decider decider,
            SessionSource sessions,
            LeaseDelivery delivery,
            LeaseRows rows,
            GrantRows grants,
            Executor calls,
            InstantSource clock,
            RandomGenerator random,
            LeaseTimes times) {
        this(decider, sessions, delivery, rows, grants, calls, clock, random, times, LeaseSteps.NONE);
    }
}
