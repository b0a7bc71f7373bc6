package io.mesosiam.agent;

import io.mesosiam.agent.attest.ContainerAttestor;
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

/** How asks come to the endpoint: by rules that the agent keeps itself, or as the operator arranged it. */
sealed interface TrafficRedirect extends MetricSource, AutoCloseable {
    /** The share of all connections that one source may hold, as a divisor. */
    int SHARE = 4;

    /** The attestor for the asks that come this way. */
    ContainerAttestor callersOnly(ContainerAttestor attestor);

    /**
     * Leads the asks to the endpoint, whose socket is bound by now.
     *
     * @param port where it listens
     */
    void start(int port) throws IOException;

    @Override
    void close();

    /** What the settings say. */
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

    /** No source may hold more than a quarter of the connections, whatever the setting is. */
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

    /** Somebody else leads the callers here, and answers for who they are led from. */
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
            return tracking.<ContainerAttestor>map(known -> new ArrangedCallers(known, served, attestor))
                    .orElse(attestor);
        }

        @Override
        public void start(int port) {}

        /** Nothing of its own to fail. */
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
            // the rules admit no socket without the mark
            SocketMark.set(port, RedirectRules.MARK);
            try {
                redirect.start(port);
            } catch (RulesException e) {
                throw new IOException(e.getMessage(), e);
            }
        }

        @Override
        public void expose(Exposition out) {
            out.gauge("mesosiam_agent_redirect_failing", "1 while the redirect rules may not be as they should be.")
                    .sample(redirect.failure().isPresent() ? 1 : 0);
        }

        @Override
        public void close() {
            redirect.close();
            destinations.close();
        }
    }
}
