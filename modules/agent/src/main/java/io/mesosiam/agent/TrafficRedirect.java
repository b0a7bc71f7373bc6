package io.mesosiam.agent;

import io.mesosiam.agent.attest.ContainerAttestor;
import io.mesosiam.agent.config.AgentConfig;
import io.mesosiam.agent.kernel.SocketMark;
import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.agent.metrics.MetricSource;
import io.mesosiam.agent.redirect.OriginalDestinations;
import io.mesosiam.agent.redirect.Redirect;
import io.mesosiam.agent.redirect.RedirectRules;
import io.mesosiam.agent.redirect.RedirectSettings;
import io.mesosiam.agent.redirect.RulesException;
import io.mesosiam.agent.serve.ServerLimits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/** How requests reach the endpoint: through rules that the agent maintains, or through the operator's arrangement. */
sealed interface TrafficRedirect extends MetricSource, AutoCloseable {
    /** No source may hold more than 1/SHARE of all connections. */
    int SHARE = 4;

    /** The attestor for requests that arrive this way. */
    ContainerAttestor callersOnly(ContainerAttestor attestor);

    /**
     * Starts redirecting to the endpoint, whose socket is already bound.
     *
     * @param port the port of the endpoint
     */
    void start(int port) throws IOException;

    @Override
    void close();

    /** The redirect that the settings describe. */
    static TrafficRedirect of(AgentConfig config) throws IOException {
        if (config.redirect().isEmpty()) {
            return Arranged.open(config.destinations());
        }
        try {
            RedirectSettings settings = shared(config.redirect().get(), ServerLimits.admitted() / SHARE);
            return new Kept(OriginalDestinations.open(), Redirect.of(settings), settings.translatedSources());
        } catch (RulesException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Limits one source to a quarter of the connections, whatever the setting is. */
    private static RedirectSettings shared(RedirectSettings settings, int most) {
        RedirectSettings shared = settings.withConnectionsPerSourceUpTo(most);
        if (!shared.equals(settings)) {
            System.getLogger(TrafficRedirect.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "MESOS_IAM_AGENT_CONNECTIONS_PER_SOURCE={0,number,#}: is more than a quarter of the connections that the heap has room for,"
                                    + " {1,number,#} are used. Give the agent a larger heap by -Xmx, or lower the variable.",
                            settings.connectionsPerSource(),
                            most);
        }
        return shared;
    }

    /** The operator's own rules, or none. The operator is responsible for the sources that these rules redirect. */
    record Arranged(Optional<OriginalDestinations> tracking, List<InetSocketAddress> served)
            implements TrafficRedirect {
        private static final System.Logger LOG = System.getLogger(TrafficRedirect.class.getName());

        static Arranged open(List<InetSocketAddress> served) {
            try {
                return new Arranged(Optional.of(OriginalDestinations.open()), served);
            } catch (IOException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "connection tracking is not available, redirected callers are not attested reason={0}",
                        e.getMessage());
                return new Arranged(Optional.empty(), served);
            }
        }

        @Override
        public ContainerAttestor callersOnly(ContainerAttestor attestor) {
            return new ArrangedCallers(tracking, served, attestor);
        }

        @Override
        public void start(int port) {}

        /** Has no metrics: there are no rules of the agent that could fail. */
        @Override
        public void expose(Exposition out) {}

        @Override
        public void close() {
            tracking.ifPresent(OriginalDestinations::close);
        }
    }

    /** The agent's own rules. Closing leaves them in place. */
    record Kept(OriginalDestinations destinations, Redirect redirect, boolean translatedSources)
            implements TrafficRedirect {
        @Override
        public ContainerAttestor callersOnly(ContainerAttestor attestor) {
            return new RedirectedAttestor(destinations, translatedSources, attestor);
        }

        @Override
        public void start(int port) throws IOException {
            // the rules accept only sockets that have the mark
            SocketMark.set(port, RedirectRules.MARK);
            try {
                redirect.start(port);
            } catch (RulesException e) {
                throw new IOException(e.getMessage(), e);
            }
        }

        @Override
        public void expose(Exposition out) {
            out.gauge("mesosiam_agent_redirect_failing", "1 while the redirect rules may be missing or wrong.")
                    .sample(redirect.failure().isPresent() ? 1 : 0);
        }

        @Override
        public void close() {
            redirect.close();
            destinations.close();
        }
    }
}
