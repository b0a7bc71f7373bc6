package io.mesosiam.sts;

import io.mesosiam.clock.PeerClocks;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionSource;
import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/**
 * Sessions from AWS STS: one concurrent call for each identity, within the budget of its region. Every failure is
 * returned as an outcome. Nothing is retried or remembered here; the caller decides when to try again.
 */
@Singleton
public final class StsSessions implements SessionSource, AutoCloseable {
    private static final List<String> OUTCOMES = List.of("issued", "refused", "unavailable");
    private static final Duration QUEUE_AGAIN = Duration.ofSeconds(5);

    private final IdentityRule rule;
    private final Duration longestQueue;
    private final StsClients clients;
    private final AssumeRoleCall call;
    private final StsFailures failures;
    private final MeterRegistry meters;
    private final CallerCredentials caller;
    private final SingleFlight<SessionIdentity, SessionOutcome> flights = new SingleFlight<>();

    @Inject
    public StsSessions(
            StsConfig config, InstantSource clock, PeerClocks peers, RandomGenerator random, MeterRegistry meters) {
        this(config, DefaultCredentialsProvider.builder().build(), clock, peers, random, meters);
    }

    /** @param credentials the controller's own credentials */
    public StsSessions(
            StsConfig config,
            AwsCredentialsProvider credentials,
            InstantSource clock,
            PeerClocks peers,
            RandomGenerator random,
            MeterRegistry meters) {
        this.rule = new IdentityRule(config.longestSession());
        this.longestQueue = config.longestQueue();
        this.caller = new CallerCredentials(credentials);
        this.clients = new StsClients(config, credentials, clock);
        this.failures = new StsFailures(random);
        this.call = new AssumeRoleCall(peers, failures);
        this.meters = meters;
        OUTCOMES.forEach(this::timer);
    }

    /**
     * Checks whether STS can be called at all. It blocks while the SDK fetches credentials, and for one call if the
     * last one was not answered.
     *
     * @return why STS can't be called: there are no credentials, no region, or in each region in use STS refuses the
     *     credentials or doesn't answer; empty if it can
     */
    public Optional<String> callerTrouble() {
        return clients.missingRegion().or(caller::missing).or(clients::trouble);
    }

    /** Whether STS has answered at least once since the start. */
    public boolean hasAnswered() {
        return clients.answered();
    }

    @Override
    public SessionIdentity identity(Entitlement entitlement, CredentialName name, LaunchedTask task) {
        return rule.identity(entitlement, name, task);
    }

    @Override
    public SessionOutcome session(SessionIdentity identity, boolean waiting) {
        return flights.run(identity, () -> request(identity, waiting));
    }

    private SessionOutcome request(SessionIdentity identity, boolean waiting) {
        Optional<String> missing = caller.missing();
        if (missing.isPresent()) {
            return failures.temporary(missing.get(), StsFailures.LATER);
        }
        return caught(identity, () -> queue(clients.in(identity.region()), identity, waiting));
    }

    private SessionOutcome queue(RegionalSts sts, SessionIdentity identity, boolean waiting) {
        try {
            if (!sts.awaitTurn(waiting, longestQueue)) {
                return failures.temporary("the limit of STS calls per second is reached", QUEUE_AGAIN);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failures.temporary("the controller is stopping", QUEUE_AGAIN);
        }
        return send(sts, identity);
    }

    private SessionOutcome send(RegionalSts sts, SessionIdentity identity) {
        Timer.Sample sample = Timer.start(meters);
        SessionOutcome outcome = call(sts, identity);
        if (!(outcome instanceof SessionOutcome.Unavailable)) {
            sts.answers().accepted();
        }
        sample.stop(timer(outcomeText(outcome)));
        return outcome;
    }

    private SessionOutcome call(RegionalSts sts, SessionIdentity identity) {
        try {
            SessionOutcome answered = call.send(sts.client(), identity);
            sts.answers().arrived();
            return answered;
        } catch (RuntimeException e) {
            SessionOutcome.Failure failure = failures.outcome(identity, e, sts.address());
            if (StsFailures.isAnswer(e)) {
                sts.answers().arrived();
            } else {
                sts.answers().missing(failure.reason());
            }
            if (StsFailures.isThrottling(e)) {
                sts.budget().throttled();
            }
            if (StsFailures.isOfCaller(e)) {
                sts.answers().refused(failure.reason());
            }
            return failure;
        }
    }

    private SessionOutcome caught(SessionIdentity identity, Supplier<SessionOutcome> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            return failures.outcome(identity, e, "no region");
        }
    }

    private Timer timer(String outcome) {
        return Timer.builder("mesosiam.sts.calls")
                .description("Calls to STS, by outcome: issued, refused, unavailable")
                .tag("outcome", outcome)
                .register(meters);
    }

    private static String outcomeText(SessionOutcome outcome) {
        return switch (outcome) {
            case SessionOutcome.Issued issued -> "issued";
            case SessionOutcome.Refused refused -> "refused";
            case SessionOutcome.Unavailable unavailable -> "unavailable";
        };
    }

    @Override
    public void close() {
        clients.close();
    }
}
