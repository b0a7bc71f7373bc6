package io.mesosiam.agent;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.attest.KernelAttestor;
import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.config.AgentConfig;
import io.mesosiam.agent.connect.ConnectLimit;
import io.mesosiam.agent.connect.Destinations;
import io.mesosiam.agent.kernel.DescriptorStore;
import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.agent.metrics.MetricSource;
import io.mesosiam.agent.redirect.RedirectSettings;
import io.mesosiam.agent.redirect.ServedAddress;
import io.mesosiam.reach.FileProblem;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Has the kernel limit the connections that a container opens to the agent, and logs which one it refused. */
final class ConnectLimiting implements MetricSource {
    private static final System.Logger LOG = System.getLogger(ConnectLimiting.class.getName());
    private static final long LOG_EVERY = Duration.ofMinutes(1).toNanos();

    private final Optional<ConnectLimit> limit;
    private final KernelAttestor attestor;
    private long loggedRefusals;
    private long logged = System.nanoTime() - LOG_EVERY;

    private ConnectLimiting(Optional<ConnectLimit> limit, KernelAttestor attestor) {
        this.limit = limit;
        this.attestor = attestor;
    }

    /**
     * Begins to limit, if this host's kernel can.
     *
     * @param listening the agent's actual address
     * @param store where the limit continues while the agent restarts
     */
    static ConnectLimiting start(
            AgentConfig config,
            CgroupConfig cgroups,
            InetSocketAddress listening,
            DescriptorStore store,
            KernelAttestor attestor) {
        int perSecond = config.endpoint().asksPerSecond();
        if (perSecond == 0) {
            ConnectLimit.end(store);
            return new ConnectLimiting(Optional.empty(), attestor);
        }
        try {
            return new ConnectLimiting(
                    Optional.of(ConnectLimit.start(
                            cgroups, taskCgroups(config), destinations(config, listening), perSecond, store)),
                    attestor);
        } catch (IOException | LinkageError e) {
            LOG.log(
                    Level.WARNING,
                    "kernel does not limit the connections of containers, the agent closes excess ones reason={0}",
                    FileProblem.describe(e));
            return new ConnectLimiting(Optional.empty(), attestor);
        }
    }

    /** The addresses that lead to an agent with these settings. */
    static Destinations destinations(AgentConfig config, InetSocketAddress listening) {
        return new Destinations(
                listening, config.redirect().isPresent() ? ServedAddress.destinations() : config.destinations());
    }

    /** On cgroups v2, the cgroups below which containers have their own. */
    static List<String> taskCgroups(AgentConfig config) {
        return Stream.concat(
                        Stream.of(config.cgroupsRoot()),
                        config.redirect().map(RedirectSettings::taskCgroups).stream()
                                .flatMap(List::stream))
                .distinct()
                .toList();
    }

    /** Finds the cgroups of containers, and logs new refusals, at most once a minute. To be called by one thread. */
    void look() {
        limit.ifPresent(kernel -> {
            kernel.findGroups();
            long refused = kernel.refused();
            if (refused > loggedRefusals && System.nanoTime() - logged >= LOG_EVERY) {
                logged = System.nanoTime();
                LOG.log(
                        Level.WARNING,
                        "connections of a container refused by the kernel, it opens too many at once or a second"
                                + " containerId={0} refused={1,number,#} refusedInAll={2,number,#}",
                        last(kernel),
                        refused - loggedRefusals,
                        refused);
                loggedRefusals = refused;
            }
        });
    }

    private String last(ConnectLimit kernel) {
        long group = kernel.lastRefused().orElse(0);
        return attestor.inGroup(group).map(Container::id).orElse("of cgroup " + group);
    }

    @Override
    public void expose(Exposition out) {
        out.gauge(
                        "mesosiam_agent_connects_limited",
                        "1 if the kernel limits the connections that a container opens to the agent.")
                .sample(limit.isPresent() ? 1 : 0);
        limit.ifPresent(kernel -> out.counter(
                        "mesosiam_agent_connects_refused_total",
                        "Connections of containers that the kernel refused because their container opened too many at"
                                + " once or a second.")
                .sample(kernel.refused()));
    }
}
