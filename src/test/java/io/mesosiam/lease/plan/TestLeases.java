package io.mesosiam.lease.plan;

import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import io.mesosiam.policy.PolicyId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** The launches, desired leases and states of leases that the planner's tests use. */
final class TestLeases {
    static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    static final CredentialName NAME = CredentialName.DEFAULT;
    static final Launch LAUNCH = TestLaunches.launch("t1");
    static final Launch OTHER = TestLaunches.launch("t2");
    static final Launch THIRD = TestLaunches.launch("t3");
    static final ContainerId CONTAINER = ContainerId.of("c1");

    static final DesiredLease.Give A = give("a", Optional.empty(), Prefetch.ALWAYS);
    static final DesiredLease.Give B = give("b", Optional.empty(), Prefetch.ALWAYS);
    /** The session of {@link #A}, issued on request. */
    static final DesiredLease.Give ASKED = give("a", Optional.empty(), Prefetch.ON_ASK);
    /** The session of {@link #A}, for two hours. */
    static final DesiredLease.Give SHORT = give("a", Optional.of(Duration.ofHours(2)), Prefetch.ALWAYS);

    /** The same of another policy. */
    static final DesiredLease.Give SHORT_OF_ANOTHER =
            new DesiredLease.Give(SHORT.entitlement(), SHORT.identity(), new PolicyId(new UUID(7, 8)), false);
    /** The session of {@link #A}, of another policy. */
    static final DesiredLease.Give A_OF_ANOTHER =
            new DesiredLease.Give(A.entitlement(), A.identity(), new PolicyId(new UUID(7, 8)), false);

    static final DesiredLease NO_POLICY = new DesiredLease.Refuse(RefusalCode.NO_POLICY, "no policy");
    static final DesiredLease DENIED = new DesiredLease.Refuse(RefusalCode.DENIED, "denied");
    static final DesiredLease WITHDRAWN = new DesiredLease.Withdrawn(
            Withdrawal.of(new LeaseKey(OTHER, NAME), "leaked").by("alice"));

    static final LeaseState PENDING = new LeaseState.Pending("asked");
    static final LeaseState FAILED = new LeaseState.Failed("AccessDenied", 1, NOW.minusSeconds(1));
    /** Renewed in 25 min. */
    static final LeaseState FRESH = active(Duration.ofMinutes(50), Duration.ofMinutes(25));
    /** Due for renewal. */
    static final LeaseState DUE = active(Duration.ofMinutes(25), Duration.ZERO);

    static final LeaseState RENEWING = new LeaseState.Renewing(NOW.plus(Duration.ofMinutes(20)), 0);
    /** The session has ended. */
    static final LeaseState DEAD = active(Duration.ZERO, Duration.ofMinutes(-25));

    static final Optional<String> DENIED_BY_AWS =
            Optional.of("AccessDenied: not authorized to perform: sts:AssumeRole");

    private TestLeases() {}

    private static LeaseState active(Duration left, Duration untilRenewal) {
        return new LeaseState.Active(NOW.plus(left), NOW.plus(untilRenewal), 0);
    }

    private static DesiredLease.Give give(String session, Optional<Duration> ttl, Prefetch prefetch) {
        Entitlement entitlement = TestLaunches.entitlement("r", Optional.empty(), ttl, Sharing.TASK, prefetch);
        SessionIdentity identity = new SessionIdentity(
                entitlement.role(),
                session,
                Optional.empty(),
                List.of(),
                new TreeMap<>(),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                entitlement.sessionLength());
        return new DesiredLease.Give(entitlement, identity, TestLaunches.POLICY, false);
    }
}
