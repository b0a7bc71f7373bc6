package io.mesosiam.sts;

import io.mesosiam.clock.PeerClocks;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionSource;
import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.InstantSource;
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
    private final IdentityRule rule;
    private final StsClients clients;
    private final StsFailures failures;
    private final StsCaller stsCaller;
    private final HubSessions hubs;
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
        this.caller = new CallerCredentials(credentials);
        this.clients = new StsClients(config, credentials, clock);
        this.failures = new StsFailures(random);
        this.stsCaller = new StsCaller(new AssumeRoleCall(peers, failures), failures, config.longestQueue(), meters);
        this.hubs = new HubSessions(stsCaller, peers::instant, config.longestSession());
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

    /** The scarcest call budget of the regions in use; empty before the first call. */
    public Optional<StsBudget> budget() {
        return clients.budget();
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
        return caught(identity, () -> call(clients.in(identity.region()), identity, waiting));
    }

    private SessionOutcome call(RegionalSts sts, SessionIdentity identity, boolean waiting) {
        return sts.wrongPartition(identity.role())
                .<SessionOutcome>map(SessionOutcome.Refused::new)
                .orElseGet(() -> identity.via()
                        .map(hub -> hubs.session(sts, identity, hub, waiting))
                        .orElseGet(() -> stsCaller.session(sts, identity, Optional.empty(), waiting)));
    }

    private SessionOutcome caught(SessionIdentity identity, Supplier<SessionOutcome> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            return failures.outcome(identity, e, "no region");
        }
    }

    @Override
    public void close() {
        clients.close();
    }
}
