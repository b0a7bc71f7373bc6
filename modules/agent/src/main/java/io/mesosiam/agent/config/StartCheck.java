package io.mesosiam.agent.config;

import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.kernel.ActivatedSocket;
import io.mesosiam.line.OneLine;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Checks what the settings refer to outside of the process: certificate files of the site are readable and belong
 * together, and addresses can be listened on. Each problem is one line: the variable, its value, the problem, and the cure.
 */
public final class StartCheck {
    private StartCheck() {}

    /**
     * Returns the problems of these settings.
     *
     * @param handedOver the socket that systemd passed for the endpoint, if any
     */
    public static List<String> problems(AgentConfig config, Optional<ActivatedSocket> handedOver) {
        List<String> problems = new ArrayList<>(
                config.certificate() instanceof CertificateSource.Provided(AgentConfig.KeyFiles files)
                        ? AgentKey.problems(files)
                        : List.of());
        // with the redirect, the agent can use another port
        InetSocketAddress listen = config.endpoint().listen();
        if (handedOver.isEmpty() && config.redirect().isEmpty()) {
            unbound(listen).ifPresent(e -> problems.add(unusable("LISTEN", listen, e)));
        }
        config.metricsListen()
                .flatMap(metrics -> collide(metrics, listen)
                        ? Optional.of(shared(metrics))
                        // the agent runs without metrics while another process has their port
                        : unbound(metrics)
                                .filter(e -> !inUse(metrics, e))
                                .map(e -> unusable("METRICS_LISTEN", metrics, e)))
                .ifPresent(problems::add);
        return problems;
    }

    /**
     * Problems that do not prevent the start, although the agent can't serve until they are solved. One line each, in
     * the same form.
     */
    public static List<String> warnings(AgentConfig config) {
        return new UnconfirmedSettings(config, CgroupConfig.detect(config.cgroupsRoot()))
                .doubts().stream().map(UnconfirmedSettings.Doubt::line).toList();
    }

    private static String shared(InetSocketAddress metrics) {
        return line(
                "METRICS_LISTEN",
                text(metrics),
                "is the port of " + AgentConfig.PREFIX + "LISTEN, too",
                "Choose another port for one of them");
    }

    private static boolean collide(InetSocketAddress one, InetSocketAddress other) {
        // for port 0 the system chooses a free one
        return one.getPort() == other.getPort()
                && one.getPort() != 0
                && (one.getAddress().isAnyLocalAddress()
                        || other.getAddress().isAnyLocalAddress()
                        || one.getAddress().equals(other.getAddress()));
    }

    /** Why the address can't be listened on; empty if it can. */
    private static Optional<IOException> unbound(InetSocketAddress address) {
        try (ServerSocket probe = new ServerSocket()) {
            // with the same option as the server: a port whose last connections are still closing counts as free
            probe.setReuseAddress(true);
            probe.bind(address);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e);
        }
    }

    /**
     * Whether the failure is that of a port which another process has. Java has one exception for this, for an address
     * of another host and for a port that needs rights; its text may be in the host's language.
     */
    private static boolean inUse(InetSocketAddress address, IOException failure) {
        return failure instanceof BindException
                && !"Permission denied".equals(failure.getMessage())
                && unbound(new InetSocketAddress(address.getAddress(), 0)).isEmpty();
    }

    private static String unusable(String variable, InetSocketAddress address, IOException failure) {
        return line(
                variable,
                text(address),
                "can't be listened on (" + failure.getMessage() + ")",
                "Choose an address of this host and a free port, or end the program that has the port");
    }

    private static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    /** A problem's line, in the controller's form. */
    public static String line(String variable, String value, String problem, String cure) {
        return AgentConfig.PREFIX + variable + "=" + OneLine.marked(value) + ": " + problem + ". " + cure + ".";
    }
}
