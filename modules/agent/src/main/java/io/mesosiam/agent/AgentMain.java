package io.mesosiam.agent;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.attest.ContainerListener;
import io.mesosiam.agent.attest.ContainerSources;
import io.mesosiam.agent.attest.KernelAttestor;
import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.config.AgentConfig;
import io.mesosiam.agent.config.HostIdentity;
import io.mesosiam.agent.config.StartCheck;
import io.mesosiam.agent.config.WrongSettings;
import io.mesosiam.agent.docker.DockerDaemon;
import io.mesosiam.agent.doctor.ExposureCheck;
import io.mesosiam.agent.enrol.Enrolment;
import io.mesosiam.agent.hostrole.RoleTrials;
import io.mesosiam.agent.kernel.ActivatedSocket;
import io.mesosiam.agent.kernel.FilePages;
import io.mesosiam.agent.kernel.MemoryProtection;
import io.mesosiam.agent.kernel.PassedDescriptors;
import io.mesosiam.agent.kernel.SystemdNotify;
import io.mesosiam.agent.link.AgentVersion;
import io.mesosiam.agent.link.ControllerLink;
import io.mesosiam.agent.link.ControllerOrder;
import io.mesosiam.agent.link.DialPlan;
import io.mesosiam.agent.link.LeaseStore;
import io.mesosiam.agent.link.LinkTiming;
import io.mesosiam.agent.link.UnexpectedFailures;
import io.mesosiam.agent.maker.RecordedMakers;
import io.mesosiam.agent.mesos.MesosContainers;
import io.mesosiam.agent.metrics.MetricSource;
import io.mesosiam.agent.metrics.MetricsEndpoint;
import io.mesosiam.agent.metrics.ProcessMetrics;
import io.mesosiam.agent.serve.CredentialEndpoint;
import io.mesosiam.agent.serve.EndpointSettings;
import io.mesosiam.agent.serve.ServerLimits;
import io.mesosiam.reach.FileProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * The agent's program, from start to stop. docs/agent.md lists its settings and exit codes.
 *
 * <p>The parts refer to each other only as this class connects them.
 */
public final class AgentMain {
    private static final int STOPPED = 0;
    private static final int CANNOT_START = 1;
    private static final int WRONG_SETTINGS = 2;

    private static final int RUNNING = -1;

    /** Set once, by SIGTERM or the failure of the start. A start that SIGTERM interrupts has not failed. */
    private static final AtomicInteger EXIT_CODE = new AtomicInteger(RUNNING);

    /** Longer than any part needs. The slowest is the removal of the rules, which runs external programs. */
    private static final Duration STOP_OF_A_PART = Duration.ofSeconds(15);

    /** Seconds after which most pages of the program that the start has touched are given back. */
    private static final long AFTER_THE_START = 3;

    private static final long EACH_MINUTE = 60;

    private static final String USAGE = """
            usage: mesos-iam-agent [rules --print | rules --remove | doctor | --help | --version]

            Without a command: runs the agent until SIGTERM. Settings are environment variables that begin with MESOS_IAM_AGENT_:
            docs/agent.md lists them, and the exit codes.

              rules --print    prints the packet filter rules that the agent would install
              rules --remove   removes the agent's rules from the packet filter
              doctor           checks this host and names a cure for each problem
            """;

    private AgentMain() {}

    public static void main(String[] arguments) {
        AgentLog.format("on".equals(System.getenv(AgentConfig.PREFIX + "LOG_JSON")));
        try {
            if (arguments.length > 0) {
                System.exit(command(List.of(arguments)));
            }
            start(settings());
        } catch (WrongSettings e) {
            exit(WRONG_SETTINGS, "wrong setting: {0}", e.lines());
        } catch (WrongCommandLine e) {
            exit(WRONG_SETTINGS, "wrong command line: {0}", Collections.singletonList(e.getMessage()));
        } catch (IllegalArgumentException e) {
            exit(WRONG_SETTINGS, "wrong settings: {0}", Collections.singletonList(e.getMessage()));
        } catch (IOException | InterruptedException | RuntimeException e) {
            exit(CANNOT_START, "can not start: {0}", Collections.singletonList(e.getMessage()));
        }
    }

    private static void exit(int code, String message, List<String> reasons) {
        if (EXIT_CODE.compareAndSet(RUNNING, code)) {
            System.Logger log = System.getLogger(AgentMain.class.getName());
            reasons.forEach(reason -> log.log(Level.ERROR, message, reason));
        }
        System.exit(code);
    }

    /** Reads the settings and the limits that the command line sets, and reports all problems together. */
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
                throw new WrongCommandLine(
                        "there is no command " + arguments.getFirst() + ": --help lists the commands");
        };
    }

    private static void start(AgentConfig config) throws IOException, InterruptedException {
        QueuedLog written = AgentLog.queue(config.logJson());
        AgentLog.level(config.logLevel());
        MemoryProtection.seal();
        // early: sockets that are made before are refused
        CgroupConfig cgroups = CgroupConfig.detect(config.cgroupsRoot());
        PassedDescriptors passed = PassedDescriptors.receive(System.getenv()::get);
        Optional<RecordedMakers> makers = MakerRecording.start(cgroups, passed.store());
        InstantSource clock = InstantSource.system();

        Optional<ActivatedSocket> handedOver = passed.socket();
        List<String> problems = StartCheck.problems(config, handedOver);
        if (!problems.isEmpty()) {
            exit(CANNOT_START, "can not start: {0}", problems);
        }
        Optional<Enrolment> enrolment = enrolment(config);
        System.Logger log = System.getLogger(AgentMain.class.getName());
        StartCheck.warnings(config).forEach(line -> log.log(Level.WARNING, "setting not confirmed: {0}", line));
        MesosContainers mesos = config.mesos().containers();
        LeaseStore store = new LeaseStore(clock, mesos::executor);
        UnexpectedFailures failures = new UnexpectedFailures();
        ControllerLink link = new ControllerLink(
                new HostPeer(config, enrolment, new RoleTrials()),
                new DialPlan(
                        ControllerOrder.of(config.controllers(), HostIdentity.stableName(config)), new SecureRandom()),
                store,
                System::nanoTime,
                LinkTiming.USUAL,
                failures);
        KernelAttestor attestor = new KernelAttestor(
                cgroups,
                new ContainerSources(
                        config.dockerSocket().map(socket -> new DockerDaemon(socket, DockerDaemon.USUAL_LIMIT)),
                        config.mesos().ancestry() ? Optional.of(mesos::processes) : Optional.empty()),
                makers,
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
        TrafficRedirect redirect = TrafficRedirect.of(config);
        CredentialEndpoint endpoint = bound(
                config,
                settings -> new CredentialEndpoint(
                        settings,
                        handedOver,
                        redirect.callersOnly(attestor),
                        new StandaloneFilter(store, mesos),
                        link,
                        clock));
        ConnectLimiting connects = ConnectLimiting.start(config, cgroups, endpoint.address(), passed.store(), attestor);
        List<MetricSource> sources = new ArrayList<>(List.of(
                endpoint,
                new AttestorMetrics(attestor, makers),
                connects,
                store,
                link,
                redirect,
                failures,
                written,
                new ProcessMetrics(Path.of("/proc"), AgentVersion.TEXT)));
        sources.add(enrolment
                .<MetricSource>map(host -> host)
                .orElseGet(() -> new ProvidedCertificate(config.keyFiles().certificate(), clock)));
        Optional<MetricsEndpoint> metrics = config.metricsListen().map(listen -> new MetricsEndpoint(listen, sources));
        ScheduledExecutorService sweeper = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("lease-sweeper").daemon().factory());

        // an exception would cancel all further runs
        var sweeps = sweeper.scheduleWithFixedDelay(failures.guarded(store::dropExpired), 1, 1, TimeUnit.SECONDS);
        var looks = sweeper.scheduleWithFixedDelay(failures.guarded(connects::look), 1, 1, TimeUnit.SECONDS);
        var pages = sweeper.scheduleWithFixedDelay(
                failures.guarded(FilePages::giveBack), AFTER_THE_START, EACH_MINUTE, TimeUnit.SECONDS);
        stopWith(List.of(
                endpoint,
                () -> metrics.ifPresent(MetricsEndpoint::close),
                () -> enrolment.ifPresent(Enrolment::close),
                link,
                attestor,
                () -> sweeps.cancel(false),
                () -> looks.cancel(false),
                () -> pages.cancel(false),
                redirect,
                store,
                written::flush));

        // the endpoint's socket is bound: from now on, redirected connections wait in its backlog
        redirect.start(endpoint.address().getPort());
        // the hello lists the running containers; requests before it wait in the backlog, and then for their leases
        attestor.start();
        enrolment.ifPresentOrElse(
                host -> host.start(() -> link.start(attestor::running), link::enrolledAgain, failures),
                () -> link.start(attestor::running));
        link.awaitFirstLeases();
        endpoint.start();
        metrics.ifPresent(listener -> {
            listener.open();
            long every = MetricsEndpoint.OPENED_EVERY.toMillis();
            var unused = sweeper.scheduleWithFixedDelay(
                    failures.guarded(listener::open), every, every, TimeUnit.MILLISECONDS);
        });
        // from now on, systemd starts the units that need the rules, such as the Mesos agent
        Optional<SystemdNotify> waiting = SystemdNotify.fromEnvironment(System.getenv()::get);
        if (waiting.isPresent()) {
            waiting.get().ready();
        }

        DoctorCommand.logWrongName(config);
        ExposureReports.start(
                () -> ExposureCheck.run(Path.of("/proc"), config.cgroupsRoot()),
                link::exposed,
                exposure -> {
                    if (config.redirect().isPresent()) {
                        DoctorCommand.logProblems(config, exposure);
                    }
                },
                failures);
    }

    /**
     * The endpoint, bound to its port. Any process in the host's network namespace can take that port while the agent
     * is down. With the redirect, the agent then uses another port, because callers don't know the port.
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
                            "port in use by another process, redirecting to another port wanted={0} port={1,number,#}",
                            config.endpoint().listen(),
                            endpoint.address().getPort());
            return endpoint;
        }
    }

    private static Optional<Enrolment> enrolment(AgentConfig config) throws IOException {
        try {
            return Enrolment.of(config);
        } catch (IOException e) {
            Path state = config.enrolment().orElseThrow().state();
            throw new IOException(
                    StartCheck.line(
                            "STATE",
                            state.toString(),
                            FileProblem.reason(state, e),
                            "Name a directory of the agent's user on which no other user has rights; its parent must exist"),
                    e);
        }
    }

    /**
     * Installs the stop on SIGTERM: stop to answer, close the stream, then zero all key material. Each part has a time
     * limit.
     */
    private static void stopWith(List<AutoCloseable> parts) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            var unused = EXIT_CODE.compareAndSet(RUNNING, STOPPED);
            try {
                PartsStop.stop(parts, STOP_OF_A_PART);
            } finally {
                // otherwise the JVM's exit status is that of a signal, which service managers count as a crash
                Runtime.getRuntime().halt(EXIT_CODE.get());
            }
        }));
    }
}
