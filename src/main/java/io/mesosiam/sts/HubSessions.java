package io.mesosiam.sts;

import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.mesosiam.policy.IamRole;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * Requests sessions through hub roles: the session of the hub role assumes the IAM role. All tasks share the hub's
 * session, which is requested with the controller's own credentials, one call at a time, and kept in memory.
 *
 * <p>A failure names the role that STS refused: that of the hub begins with {@code hub role} and its ARN.
 */
final class HubSessions {
    private static final String SESSION_NAME = "mesos-iam-hub";

    /** A session with less than this part of its length left is replaced. */
    private static final int FRESH_PART = 4;

    private final StsCaller caller;
    private final InstantSource clock;
    private final Duration length;
    private final ConcurrentMap<SessionIdentity, HubSession> hubs = new ConcurrentHashMap<>();
    private final SingleFlight<SessionIdentity, SessionOutcome> flights = new SingleFlight<>();

    /** @param longest limit of a session's length; a hub's session never lasts longer than an hour */
    HubSessions(StsCaller caller, InstantSource clock, Duration longest) {
        this.caller = caller;
        this.clock = clock;
        this.length = longest.compareTo(Duration.ofHours(1)) < 0 ? longest : Duration.ofHours(1);
    }

    /** Blocks until the answer. */
    SessionOutcome session(RegionalSts sts, SessionIdentity identity, IamRole via, boolean waiting) {
        SessionIdentity ofHub = identity(via, identity.region());
        HubSession hub = hub(ofHub);
        Optional<AwsSessionCredentials> ready = hub.fresh(clock.instant());
        if (ready.isPresent()) {
            return through(sts, identity, hub, ready.get(), waiting);
        }
        SessionOutcome outcome = hub.pause(clock.instant())
                .<SessionOutcome>map(failure -> failure)
                .orElseGet(() -> flights.run(ofHub, () -> request(sts, ofHub, hub, waiting)));
        Optional<AwsSessionCredentials> session = hub.usable(clock.instant());
        return session.map(signer -> through(sts, identity, hub, signer, waiting))
                .orElseGet(() -> failure(via, outcome));
    }

    private SessionOutcome request(RegionalSts sts, SessionIdentity ofHub, HubSession hub, boolean waiting) {
        // Another caller's request can have been answered since this one looked.
        if (hub.fresh(clock.instant()).isPresent()) {
            return new SessionOutcome.Unavailable("the session was just replaced", Optional.empty());
        }
        Optional<SessionOutcome.Failure> failed = hub.pause(clock.instant());
        if (failed.isPresent()) {
            return failed.get();
        }
        SessionOutcome outcome = caller.session(sts, ofHub, Optional.empty(), waiting);
        hub.answered(outcome, clock.instant());
        return outcome;
    }

    private SessionOutcome through(
            RegionalSts sts, SessionIdentity identity, HubSession hub, AwsSessionCredentials signer, boolean waiting) {
        SessionOutcome outcome =
                caller.session(sts, identity, Optional.of(StaticCredentialsProvider.create(signer)), waiting);
        if (outcome instanceof SessionOutcome.Unavailable(String reason, Optional<Duration> _)
                && reason.startsWith(StsFailures.HUB_REFUSED)) {
            hub.refused(signer);
        }
        return outcome;
    }

    private static SessionOutcome failure(IamRole via, SessionOutcome outcome) {
        String which = "hub role " + via + ": ";
        return switch (outcome) {
            case SessionOutcome.Refused(String reason) -> new SessionOutcome.Refused(which + reason);
            case SessionOutcome.Unavailable(String reason, Optional<Duration> retryAfter) ->
                new SessionOutcome.Unavailable(which + reason, retryAfter);
            case SessionOutcome.Issued _ ->
                new SessionOutcome.Unavailable(which + "its session has expired", Optional.empty());
        };
    }

    private HubSession hub(SessionIdentity ofHub) {
        HubSession known = hubs.get(ofHub);
        if (known != null) {
            return known;
        }
        hubs.values().removeIf(hub -> hub.isIdle(clock.instant()));
        return hubs.computeIfAbsent(ofHub, _ -> new HubSession(length.dividedBy(FRESH_PART), clock.instant()));
    }

    private SessionIdentity identity(IamRole via, Optional<String> region) {
        return new SessionIdentity(
                via,
                SESSION_NAME,
                Optional.empty(),
                List.of(),
                new TreeMap<>(),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                region,
                Optional.empty(),
                length);
    }
}
