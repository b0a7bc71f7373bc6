package io.mesosiam.controller;

import io.mesosiam.api.Loopback;
import io.mesosiam.api.port.ApiCertificates;
import io.mesosiam.api.port.ApiConfig;
import io.mesosiam.channel.AgentChannel;
import io.mesosiam.channel.HostEvents;
import io.mesosiam.exposure.NamedRoles;
import io.mesosiam.exposure.RoleTrials;
import io.mesosiam.fleet.Fleet;
import io.mesosiam.lease.grant.GrantTable;
import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.lease.store.BatchedJournal;
import io.mesosiam.lease.store.LeaseTable;
import io.mesosiam.lease.store.WithdrawalTable;
import io.mesosiam.mesos.master.ClusterWatch;
import io.mesosiam.policy.store.PolicyTable;
import io.mesosiam.revoke.SessionDenials;
import io.mesosiam.signin.Bootstrap;
import io.mesosiam.signin.ProviderSearch;
import io.mesosiam.signin.Tokens;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.flywaydb.core.Flyway;
import org.jboss.logging.Logger;

/**
 * Starts the stages in the order of the data flow. Stopping hands the agents over to another controller: first no agent
 * is admitted, and the agents are asked to move, which they do while this controller serves them. Then no launch is
 * processed, the journal is written completely, and only then the streams that are left are ended. Writes after the claims
 * of the next controller would be rejected.
 *
 * <p>The listener for agents opens last, because an agent first receives the complete state of its host, which must be
 * known. The start does not wait for a Mesos master; readiness reports whether one has answered.
 */
@Singleton
final class Controller {
    private static final Logger LOG = Logger.getLogger(Controller.class);

    /**
     * Time limit for writing the journal while agents stay connected. It is short, so that an unavailable database does
     * not delay their hand-over.
     */
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(1);

    /** For the agents to move to other controllers. */
    private static final Duration MOVE_LIMIT = AgentChannel.LONGEST_STOP.plusSeconds(1);

    /** For all other steps. With {@link #MOVE_LIMIT} less than the time after which the process is ended in any case. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

    private static final Duration STEP_LIMIT = Duration.ofSeconds(11);

    private final Flyway flyway;
    private final Pool pool;
    private final PolicyTable policies;
    private final LeaseTable leases;
    private final WithdrawalTable withdrawals;
    private final BatchedJournal journal;
    private final Reconciler reconciler;
    private final ClusterWatch watch;
    private final AgentChannel channel;
    private final EnrolmentStages enrolment;
    private final CallerPresence caller;
    private final StageMetrics metrics;
    private final ClockWatch clocks;
    private final ControllerIdLock id;
    private final SessionDenials denials;
    private final GrantTable grants;
    private final RoleTrials trials;
    private final Fleet fleet;
    private final Tokens tokens;
    private final Bootstrap bootstrap;
    private final ProviderSearch provider;
    private final ApiCertificates certificates;
    private final ApiConfig api;
    private final String apiHost;

    @Inject
    Controller(
            Flyway flyway,
            Pool pool,
            PolicyTable policies,
            LeaseTable leases,
            WithdrawalTable withdrawals,
            BatchedJournal journal,
            Reconciler reconciler,
            ClusterWatch watch,
            AgentChannel channel,
            EnrolmentStages enrolment,
            CallerPresence caller,
            StageMetrics metrics,
            ClockWatch clocks,
            ControllerIdLock id,
            SessionDenials denials,
            GrantTable grants,
            RoleTrials trials,
            Fleet fleet,
            Tokens tokens,
            Bootstrap bootstrap,
            ProviderSearch provider,
            ApiCertificates certificates,
            ApiConfig api,
            @ConfigProperty(name = "quarkus.http.host") String apiHost) {
        this.flyway = flyway;
        this.pool = pool;
        this.policies = policies;
        this.leases = leases;
        this.withdrawals = withdrawals;
        this.journal = journal;
        this.reconciler = reconciler;
        this.watch = watch;
        this.channel = channel;
        this.enrolment = enrolment;
        this.caller = caller;
        this.metrics = metrics;
        this.clocks = clocks;
        this.id = id;
        this.denials = denials;
        this.grants = grants;
        this.trials = trials;
        this.fleet = fleet;
        this.tokens = tokens;
        this.bootstrap = bootstrap;
        this.provider = provider;
        this.certificates = certificates;
        this.api = api;
        this.apiHost = apiHost;
    }

    void start(@Observes StartupEvent started) {
        metrics.register(QueuedLog.install());
        if (api.plainHttp()) {
            Loopback.requireLoopback(apiHost);
        }
        SchemaVersion.require(flyway);
        DatabaseRights.require(pool);
        id.take();
        tokens.start();
        bootstrap.start();
        provider.start();
        certificates.start();
        clocks.start(reconciler::clockCorrected);
        policies.start(new AppliedPolicies(reconciler));
        grants.start((newest, concerned) -> {
            policies.use(grants.inForce(newest));
            reconciler.policies().grantsChanged(concerned);
        });
        withdrawals.start(watch::state, reconciler::withdrawalsChanged, reconciler::holdsBackChanged);
        journal.start();
        reconciler.start(leases.live());
        watch.start(leases.known(), reconciler);
        caller.start();
        denials.start(id.controllerId());
        metrics.register(watch, policies, withdrawals, reconciler, journal, denials);
        enrolment.beforeAgents(channel::evictionsChanged);
        channel.start(watch::state, HostEvents.of(reconciler, journal, watch::ended, trials::answered));
        trials.start(() -> NamedRoles.of(policies.current(), grants.current()));
        enrolment.open(hosts -> reconciler.hostsEnded(hosts).forEach(watch::ended));
        id.admits(true);
        fleet.start();
    }

    void stop(@Observes ShutdownEvent stopping) {
        var _ = new BoundedStop(MOVE_LIMIT, MOVE_LIMIT)
                .then("admission", channel::admitNoMore)
                .then("agents-move", this::moveAgents);
        var _ = new BoundedStop(STOP_LIMIT, STEP_LIMIT)
                .then("enrolment", enrolment::close)
                .then("role-trials", trials::close)
                .then("sts-watch", caller::close)
                .then("cluster-watch", watch::close)
                .then("reconciler", reconciler::close)
                .then("journal-drain", this::drain)
                .then("channel", channel::close)
                .then("journal", journal::close)
                .then("session-denials", denials::close)
                .then("grants", grants::close)
                .then("withdrawals", withdrawals::close)
                .then("policies", policies::close)
                .then("api-certificates", certificates::close)
                .then("provider-search", provider::close)
                .then("tokens", tokens::close)
                .then("clocks", clocks::close)
                .then("controllers", fleet::close)
                .then("controller-id", id::close);
    }

    /**
     * Agents that move while this controller serves them are never without a stream. Of controllers that stop at the same time,
     * each one withdraws before it counts the others, so that no agent is asked to move to another stopping controller.
     */
    private void moveAgents() {
        id.admits(false);
        if (id.others().orElse(0) > 0) {
            channel.moveAway();
        }
    }

    private void drain() {
        if (!journal.drain(DRAIN_LIMIT)) {
            LOG.warnf("journal not written to its end limit=%s entries=%d", DRAIN_LIMIT, journal.backlog());
        }
    }
}
