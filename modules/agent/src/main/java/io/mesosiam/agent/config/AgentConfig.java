package io.mesosiam.agent.config;

import io.mesosiam.agent.mesos.MesosAgentApi;
import io.mesosiam.agent.mesos.MesosContainers;
import io.mesosiam.agent.mesos.RuntimeDirectory;
import io.mesosiam.agent.redirect.RedirectSettings;
import io.mesosiam.agent.serve.EndpointSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The agent's settings. All are environment variables that begin with {@code MESOS_IAM_AGENT_}; docs/agent.md lists
 * them.
 *
 * @param controllers addresses where the controllers accept agents
 * @param certificate source of the agent's certificate
 * @param hostname name under which the Mesos agent on this host is registered; empty for the host's own name
 * @param mesosAgent source of the Mesos agent's id
 * @param metricsListen address of the metrics endpoint; empty to have none
 * @param destinations addresses that containers connect to, if the operator redirects their connections to the endpoint
 * @param redirect the redirect rules that the agent maintains; empty if it maintains none
 * @param cgroupsRoot the Mesos agent's {@code --cgroups_root}
 * @param dockerSocket the Docker daemon's socket, if Docker runs tasks
 * @param mesos sources of the list of this host's Mesos containers
 * @param logJson whether each line of the log is a JSON object
 */
public record AgentConfig(
        List<URI> controllers,
        CertificateSource certificate,
        Optional<String> hostname,
        MesosAgent mesosAgent,
        EndpointSettings endpoint,
        Optional<InetSocketAddress> metricsListen,
        List<InetSocketAddress> destinations,
        Optional<RedirectSettings> redirect,
        String cgroupsRoot,
        Optional<Path> dockerSocket,
        MesosSources mesos,
        LogLevel logLevel,
        boolean logJson) {
    public static final String PREFIX = "MESOS_IAM_AGENT_";

    /** PEM files: the agent's certificate with its intermediates, its PKCS#8 key, and the CA's certificates. */
    public record KeyFiles(Path certificate, Path key, Path ca) {
        /** The files of an enrolled host. */
        public static KeyFiles in(Path directory) {
            return new KeyFiles(
                    directory.resolve("certificate.pem"),
                    directory.resolve("key.pem"),
                    directory.resolve("authorities.pem"));
        }
    }

    /** The files of the certificate; of an enrolled host, those in use at the moment. */
    public KeyFiles keyFiles() {
        return switch (certificate) {
            case CertificateSource.Provided(KeyFiles files) -> files;
            case CertificateSource.Enrolled(EnrolmentSettings settings) -> settings.keyFiles();
        };
    }

    /** How this host is enrolled; empty if the site's own PKI issues its certificate. */
    public Optional<EnrolmentSettings> enrolment() {
        return certificate instanceof CertificateSource.Enrolled(EnrolmentSettings settings)
                ? Optional.of(settings)
                : Optional.empty();
    }

    /** Source of the Mesos agent's id. */
    public sealed interface MesosAgent {
        /** The id itself is set. */
        record Named(String id) implements MesosAgent {}

        /** The Mesos agent's {@code --work_dir}. Read again for each stream: a new work directory has a new id. */
        record InWorkDir(Path workDir) implements MesosAgent {}
    }

    /**
     * The sources of the list of this host's Mesos containers. Nothing is detected automatically.
     *
     * @param ancestry whether processes without a container cgroup are attributed by descent from a container's first
     *     process
     */
    public record MesosSources(Optional<RuntimeDirectory> directory, Optional<MesosAgentApi> agent, boolean ancestry) {
        public MesosContainers containers() {
            return new MesosContainers(directory, agent);
        }
    }

    /** The lowest level that is logged. */
    public enum LogLevel {
        DEBUG,
        INFO,
        WARNING,
        ERROR
    }

    /**
     * Reads and checks all variables, and refuses unknown ones.
     *
     * @throws IllegalArgumentException if a variable is wrong; the message names every wrong variable
     */
    public static AgentConfig from(Map<String, String> environment) {
        return from(environment::get, environment.keySet());
    }

    /**
     * Reads and checks all variables. Can't find unknown ones, because the names are not listed.
     *
     * @throws IllegalArgumentException if a variable is wrong; the message names every wrong variable
     */
    public static AgentConfig from(Function<String, @Nullable String> environment) {
        return from(environment, Set.of());
    }

    private static AgentConfig from(Function<String, @Nullable String> environment, Set<String> names) {
        Variables in = new Variables(PREFIX, environment);
        List<URI> controllers = in.list("CONTROLLERS", "", AgentConfig::controller);
        if (in.text("CONTROLLERS").isEmpty()) {
            in.wrong("CONTROLLERS", "must name at least one controller, as wss://host:port");
        }
        CertificateSource certificate = CertificateVariables.source(in, controllers);
        MesosAgent mesosAgent = mesosAgent(in);
        boolean redirected = RedirectVariables.on(in);
        InetSocketAddress listen = listen(in, redirected);
        String cgroupsRoot = cgroupsRoot(in);
        // read even while the redirect is off, so that a wrong value is reported before it is switched on
        RedirectSettings redirect = RedirectVariables.settings(in, listen.getPort(), cgroupsRoot);
        List<InetSocketAddress> destinations = in.list("DESTINATIONS", "169.254.170.2:80", AgentConfig::address);
        AgentConfig config = new AgentConfig(
                controllers,
                certificate,
                in.text("HOSTNAME"),
                mesosAgent,
                EndpointVariables.settings(in, listen),
                in.value("METRICS_LISTEN", "127.0.0.1:51680", AgentConfig::addressOrOff, Optional.empty()),
                // connection tracking reports the destination of connections that the agent's own rules redirect
                redirected ? List.of() : destinations,
                redirected ? Optional.of(redirect) : Optional.empty(),
                cgroupsRoot,
                in.value("DOCKER_SOCKET", "none", AgentConfig::dockerSocket, Optional.empty()),
                MesosVariables.sources(in),
                in.value("LOG_LEVEL", "info", AgentConfig::logLevel, LogLevel.INFO),
                in.on("LOG_JSON", "off"));
        in.refuseUnknown(names);
        in.check();
        return config;
    }

    /**
     * Reads and checks the settings of the redirect alone. Empty if the redirect is off; its settings are checked
     * nevertheless.
     *
     * @throws IllegalArgumentException if a variable is wrong; the message names every wrong variable
     */
    public static Optional<RedirectSettings> redirectFrom(Function<String, @Nullable String> environment) {
        Variables in = new Variables(PREFIX, environment);
        boolean redirected = RedirectVariables.on(in);
        RedirectSettings redirect =
                RedirectVariables.settings(in, listen(in, redirected).getPort(), cgroupsRoot(in));
        in.check();
        return redirected ? Optional.of(redirect) : Optional.empty();
    }

    /**
     * The listen address. With the redirect it has to be the wildcard address: the rules redirect a container to the
     * address of its own bridge.
     */
    private static InetSocketAddress listen(Variables in, boolean redirected) {
        InetSocketAddress listen = in.value(
                "LISTEN",
                (redirected ? "0.0.0.0:" : "127.0.0.1:") + RedirectVariables.PORT,
                AgentConfig::address,
                new InetSocketAddress(0));
        if (redirected && !listen.getAddress().isAnyLocalAddress()) {
            in.wrong(
                    "LISTEN",
                    "must be 0.0.0.0:port where " + PREFIX + "REDIRECT is on: the rules close the port to the network");
        }
        return listen;
    }

    private static MesosAgent mesosAgent(Variables in) {
        Optional<String> id = in.text("MESOS_AGENT_ID");
        Optional<String> workDir = in.text("MESOS_WORK_DIR");
        if (id.isPresent() == workDir.isPresent()) {
            in.wrong("MESOS_AGENT_ID", "or " + PREFIX + "MESOS_WORK_DIR must be set, and not both");
        }
        return workDir.<MesosAgent>map(dir -> new MesosAgent.InWorkDir(Path.of(dir)))
                .orElseGet(() -> new MesosAgent.Named(id.orElse("")));
    }

    private static URI controller(String text) {
        URI uri = url(text, "must be wss://host:port");
        if (!"wss".equals(uri.getScheme())
                || uri.getHost() == null
                || uri.getRawQuery() != null
                || uri.getRawFragment() != null
                || uri.getRawUserInfo() != null
                || !(uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"))) {
            throw new IllegalArgumentException("must be wss://host:port");
        }
        if (uri.getPort() < 1 || uri.getPort() > 65535) {
            throw new IllegalArgumentException(
                    "must be wss://host:port with the port that the controller listens on for agents, 8443 by default");
        }
        return uri;
    }

    /** @param form what the problem says of a text that is no URL */
    static URI url(String text, String form) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(form, e);
        }
    }

    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("must be address:port");
        }
        String port = text.substring(colon + 1);
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65535) {
            throw new IllegalArgumentException("must be address:port with a port from 0 to 65535");
        }
        try {
            return new InetSocketAddress(InetAddress.ofLiteral(text.substring(0, colon)), Integer.parseInt(port));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("must be address:port with the number of the address, not a name", e);
        }
    }

    private static Optional<InetSocketAddress> addressOrOff(String text) {
        return text.equals("off") ? Optional.empty() : Optional.of(address(text));
    }

    private static String cgroupsRoot(Variables in) {
        return in.value("CGROUPS_ROOT", "mesos", AgentConfig::cgroupsRoot, "mesos");
    }

    private static String cgroupsRoot(String text) {
        if (!text.matches("[^/]+(/[^/]+)*")) {
            throw new IllegalArgumentException("must be a path without a slash at its ends");
        }
        return text;
    }

    private static Optional<Path> dockerSocket(String text) {
        if (!text.equals("none") && !text.startsWith("/")) {
            throw new IllegalArgumentException("must be none or the path of a socket, such as /run/docker.sock");
        }
        return text.equals("none") ? Optional.empty() : Optional.of(Path.of(text));
    }

    private static LogLevel logLevel(String text) {
        for (LogLevel level : LogLevel.values()) {
            if (level.name().equalsIgnoreCase(text)) {
                return level;
            }
        }
        throw new IllegalArgumentException("must be debug, info, warning or error");
    }
}
