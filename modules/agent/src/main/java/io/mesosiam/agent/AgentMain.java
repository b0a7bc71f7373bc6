package io.mesosiam.agent;

import io.mesosiam.agent.attest.AttestConfig;
import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.attest.ContainerListener;
import io.mesosiam.agent.attest.ContainerSources;
import io.mesosiam.agent.attest.KernelAttestor;
import io.mesosiam.agent.docker.DockerDaemon;
import io.mesosiam.agent.kernel.ActivatedSocket;
import io.mesosiam.agent.kernel.MemoryProtection;
import io.mesosiam.agent.kernel.SystemdNotify;
import io.mesosiam.agent.mesos.MesosContainers;
import io.mesosiam.agent.metrics.MetricsEndpoint;
import io.mesosiam.agent.serve.CredentialEndpoint;
import io.mesosiam.agent.serve.EndpointSettings;
import io.mesosiam.agent.serve.ServerLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLContext;

/**
 * The agent, from its start to its stop. docs/agent.md says how it is set and what its exit codes are.
 *
 * <p>Its parts hold no references to each other but those made here.
 */
public final class AgentMain {
    private static final int STOPPED = 0;
    private static final int CANNOT_START = 1;
    private static final int WRONG_SETTINGS = 2;

    /** Above what any part takes: the rules' removal runs programs. */
    private static final Duration STOP_OF_A_PART = Duration.ofSeconds(15);

    private static final String USAGE = """
            usage: mesos-iam-agent [rules --print | rules --remove | doctor | --help | --version]

            Without a command: runs the agent until SIGTERM. Settings are environment variables that begin with MESOS_IAM_AGENT_:
            docs/agent.md lists them, and the exit codes.

              rules --print    prints the packet filter rules that the agent would put in
              rules --remove   takes the agent's rules out of the packet filter
              doctor           checks this host and names a cure for each problem
            """;

    private AgentMain() {}

    public static void main(String[] arguments) {
        AgentLog.format();
        System.Logger log = System.getLogger(AgentMain.class.getName());
        try {
            if (arguments.length > 0) {
                System.exit(command(List.of(arguments)));
            }
            start(settings());
        } catch (WrongSettings e) {
            e.lines().forEach(line -> log.log(Level.ERROR, "wrong setting: {0}", line));
            System.exit(WRONG_SETTINGS);
        } catch (IllegalArgumentException e) {
            log.log(Level.ERROR, "wrong settings: {0}", e.getMessage());
            System.exit(WRONG_SETTINGS);
        } catch (IOException | InterruptedException | RuntimeException e) {
            log.log(Level.ERROR, "can not start: {0}", e.getMessage());
            System.exit(CANNOT_START);
        }
    }

    /** With the limits that the command line sets: all that is wrong is reported together. */
    private static AgentConfig settings() {
        List<String> wrong = new ArrayList<>(ServerLimits.problems());
        try {
            AgentConfig config = AgentConfig.from(System.getenv());
            if (wrong.isEmpty()) {
                return config;
            }
        } catch (WrongSettings e) {
            wrong.addAll(e.lines());
        }
        throw new WrongSettings(wrong);
    }

    private static int command(List<String> arguments) {
        List<String> rest = arguments.subList(1, arguments.size());
        return switch (arguments.getFirst()) {
            case RulesCommand.NAME -> RulesCommand.run(rest, System.getenv()::get, System.out);
            case DoctorCommand.NAME -> DoctorCommand.run(rest, System.getenv(), System.out);
            case "--help", "-h" -> {
                System.out.print(USAGE);
                yield STOPPED;
            }
            case "--version" -> {
                System.out.println("mesos-iam-agent " + AgentVersion.TEXT);
                yield STOPPED;
            }
            default ->
                throw new IllegalArgumentException(
                        "there is no command " + arguments.getFirst() + ": --help lists the commands");
        };
    }

    private static void start(AgentConfig config) throws IOException, InterruptedException {
        AgentLog.level(config.logLevel());
        MemoryProtection.seal();
        InstantSource clock = InstantSource.system();

        System.Logger log = System.getLogger(AgentMain.class.getName());
        Optional<ActivatedSocket> handedOver = ActivatedSocket.receive(System.getenv()::get);
        List<String> problems = StartCheck.problems(config, handedOver);
        if (!problems.isEmpty()) {
            problems.forEach(line -> log.log(Level.ERROR, "can not start: {0}", line));
            System.exit(CANNOT_START);
        }
        StartCheck.warnings(config).forEach(line -> log.log(Level.WARNING, "setting not confirmed: {0}", line));
        DoctorCommand.logWrongName(config);
        LeaseStore store = new LeaseStore(clock);
        UnexpectedFailures failures = new UnexpectedFailures();
        ControllerLink link = new ControllerLink(
                peer(config),
                new DialPlan(config.controllers(), new SecureRandom()),
                store,
                System::nanoTime,
                LinkTiming.USUAL,
                failures);
        MesosContainers mesos = config.mesos().containers();
        KernelAttestor attestor = new KernelAttestor(
                AttestConfig.detect(config.cgroupsRoot()),
                new ContainerSources(
                        config.dockerSocket().map(socket -> new DockerDaemon(socket, DockerDaemon.USUAL_LIMIT)),
                        config.mesos().ancestry() ? Optional.of(mesos::processes) : Optional.empty()),
                new ContainerListener() {
                    @Override
                    public void changing(List<Container> started, List<Container> ended) {
                        store.changing(started, ended);
                    }

                    @Override
                    public void changed() {
                        link.containersChanged();
                    }
                });
        TrafficRedirect interception = TrafficRedirect.of(config);
        CredentialEndpoint endpoint = bound(
                config,
                settings -> new CredentialEndpoint(
                        settings,
                        handedOver,
                        interception.callersOnly(attestor),
                        new StandaloneFilter(store, mesos),
                        link,
                        clock));
        Optional<MetricsEndpoint> metrics = config.metricsListen()
                .map(listen -> new MetricsEndpoint(
                        listen, List.of(endpoint, new AttestorMetrics(attestor), store, link, interception, failures)));
        ScheduledExecutorService sweeper = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("lease-sweeper").daemon().factory());

        // what a sweep throws would end all further ones
        var sweeps = sweeper.scheduleWithFixedDelay(failures.guarded(store::dropExpired), 1, 1, TimeUnit.SECONDS);
        stopWith(List.of(
                endpoint,
                () -> metrics.ifPresent(MetricsEndpoint::close),
                link,
                attestor,
                () -> sweeps.cancel(false),
                interception,
                store));

        // the endpoint's address is taken already: whoever is led there from now on waits in its backlog
        interception.start(endpoint.address().getPort());
        // the first hello has to know what runs; asks before it wait in the backlog, and then for their leases
        attestor.start();
        link.start(attestor::running);
        link.awaitFirstLeases();
        endpoint.start();
        metrics.ifPresent(MetricsEndpoint::start);
        // whatever has to find the rules in place, such as the Mesos agent, starts from now on
        Optional<SystemdNotify> waiting = SystemdNotify.waiting(System.getenv()::get);
        if (waiting.isPresent()) {
            waiting.get().ready();
        }

        if (config.redirect().isPresent()) {
            Thread.ofVirtual().name("doctor").start(() -> DoctorCommand.logTroubles(config));
        }
    }

    /**
     * The endpoint on its port. Any process on the host's network can take that port while the agent is down, and would keep the agent from
     * starting. With the redirect, callers don't know the port, so another one does.
     */
    private static CredentialEndpoint bound(AgentConfig config, Function<EndpointSettings, CredentialEndpoint> open) {
        try {
            return open.apply(config.endpoint());
        } catch (UncheckedIOException e) {
            if (config.redirect().isEmpty() || !(e.getCause() instanceof BindException)) {
                throw new UncheckedIOException(
                        AgentConfig.PREFIX + "LISTEN: " + e.getMessage()
                                + ". Name a free address of this host, or that of the socket that was handed over",
                        e.getCause());
            }
            CredentialEndpoint endpoint = open.apply(config.endpoint().onAnyPort());
            System.getLogger(AgentMain.class.getName())
                    .log(
                            Level.WARNING,
                            "another process has the agent''s port, redirecting to a free one wanted={0} port={1,number,#}",
                            config.endpoint().listen(),
                            endpoint.address().getPort());
            return endpoint;
        }
    }

    private static ControllerLink.Peer peer(AgentConfig config) {
        return new ControllerLink.Peer() {
            @Override
            public SSLContext tls() throws IOException {
                return AgentKey.tls(config.keyFiles());
            }

            @Override
            public HostIdentity identity() throws IOException {
                return HostIdentity.read(config);
            }
        };
    }

    /** On SIGTERM: no more answers, no more stream, then all key material is zeroed. Each part's stop is bounded. */
    private static void stopWith(List<AutoCloseable> parts) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                PartsStop.stop(parts, STOP_OF_A_PART);
            } finally {
                // else the JVM would report the signal, which service managers take for a crash
                Runtime.getRuntime().halt(STOPPED);
            }
        }));
    }
}
