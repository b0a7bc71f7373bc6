package io.mesosiam.agent;

import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.config.AgentConfig;
import io.mesosiam.agent.config.AgentKey;
import io.mesosiam.agent.config.HostIdentity;
import io.mesosiam.agent.config.UnconfirmedSettings;
import io.mesosiam.agent.doctor.CapabilityCheck;
import io.mesosiam.agent.doctor.CertificateCheck;
import io.mesosiam.agent.doctor.CgroupCheck;
import io.mesosiam.agent.doctor.Check;
import io.mesosiam.agent.doctor.ClockCheck;
import io.mesosiam.agent.doctor.ConnectCheck;
import io.mesosiam.agent.doctor.ControllerCheck;
import io.mesosiam.agent.doctor.Doctor;
import io.mesosiam.agent.doctor.ExposureCheck;
import io.mesosiam.agent.doctor.Finding;
import io.mesosiam.agent.doctor.KernelCheck;
import io.mesosiam.agent.doctor.MakerCheck;
import io.mesosiam.agent.doctor.MemoryCheck;
import io.mesosiam.agent.doctor.MesosDirectoryCheck;
import io.mesosiam.agent.doctor.MesosFlagsCheck;
import io.mesosiam.agent.doctor.MetricsCheck;
import io.mesosiam.agent.doctor.NameCheck;
import io.mesosiam.agent.doctor.NetworkCheck;
import io.mesosiam.agent.doctor.Place;
import io.mesosiam.agent.doctor.PortCheck;
import io.mesosiam.agent.doctor.RulesCheck;
import io.mesosiam.agent.doctor.SocketCheck;
import io.mesosiam.agent.doctor.TokenCheck;
import io.mesosiam.agent.doctor.UriCheck;
import io.mesosiam.agent.enrol.EnrolmentCheck;
import io.mesosiam.agent.kernel.MemoryProtection;
import io.mesosiam.agent.local.HostMetadata;
import io.mesosiam.agent.redirect.RedirectSettings;
import java.io.PrintStream;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The command {@code doctor}: prints the problems of this host and their cures. It reads the same variables as the
 * agent.
 */
final class DoctorCommand {
    static final String NAME = "doctor";

    private static final System.Logger LOG = System.getLogger(DoctorCommand.class.getName());
    private static final Place PLACE = Place.of(Path.of("/"));

    private DoctorCommand() {}

    /**
     * Runs the checks and prints their findings.
     *
     * @return the exit code: 0 all is well, 1 warnings, 2 failures
     * @throws IllegalArgumentException for wrong arguments or variables
     */
    static int run(List<String> arguments, Map<String, String> environment, PrintStream out) {
        if (!arguments.isEmpty()) {
            throw new WrongCommandLine("usage: mesos-iam-agent doctor");
        }
        AgentConfig config = AgentConfig.from(environment);
        // as the agent does when it starts
        MemoryProtection.seal();
        return allChecks(config).report(out);
    }

    /**
     * Logs findings that are not ok. The agent calls this when it starts.
     *
     * @param exposure its result, which the agent reports
     */
    static void logProblems(AgentConfig config, ExposureCheck exposure) {
        for (var finding : atStart(config, exposure).findings()) {
            if (finding.level() != Finding.Level.OK) {
                LOG.log(Level.WARNING, "doctor found problem finding={0}", finding);
            }
        }
    }

    private static Check settings(AgentConfig config) {
        return () -> new UnconfirmedSettings(config, CgroupConfig.detect(config.cgroupsRoot())).findings();
    }

    /** Mesos's flags whose values these settings repeat. */
    private static List<MesosFlagsCheck.Repeated> inMesos(AgentConfig config) {
        List<MesosFlagsCheck.Repeated> repeated = new ArrayList<>();
        repeated.add(new MesosFlagsCheck.Repeated(
                "cgroups_root", AgentConfig.PREFIX + "CGROUPS_ROOT", config.cgroupsRoot()));
        config.mesos()
                .directory()
                .ifPresent(directory -> repeated.add(new MesosFlagsCheck.Repeated(
                        "runtime_dir",
                        AgentConfig.PREFIX + "MESOS_RUNTIME_DIR",
                        directory.path().toString())));
        if (config.mesosAgent() instanceof AgentConfig.MesosAgent.InWorkDir(Path workDir)) {
            repeated.add(new MesosFlagsCheck.Repeated(
                    "work_dir", AgentConfig.PREFIX + "MESOS_WORK_DIR", workDir.toString()));
        }
        return repeated;
    }

    /** Logs a warning if the certificate doesn't name this host: controllers would refuse it. */
    static void logWrongName(AgentConfig config) {
        if (!hasCertificate(config)) {
            return;
        }
        for (Finding finding : nameCheck(config).findings()) {
            if (finding.level() != Finding.Level.OK) {
                LOG.log(Level.WARNING, "certificate may be another host''s finding=\"{0}\"", finding);
            }
        }
    }

    /** A host that will be enrolled has none at first. */
    private static boolean hasCertificate(AgentConfig config) {
        return config.enrolment().isEmpty()
                || Files.exists(config.enrolment().get().current(), LinkOption.NOFOLLOW_LINKS);
    }

    /** The checks of the agent's certificate, and of the directory in which an enrolled host stores it. */
    private static List<Check> certificateChecks(AgentConfig config) {
        List<Check> checks = new ArrayList<>();
        config.enrolment().ifPresent(settings -> checks.add(new EnrolmentCheck(settings)));
        if (hasCertificate(config)) {
            checks.add(new CertificateCheck(
                    config.keyFiles().certificate(), () -> AgentKey.tls(config.keyFiles()), InstantSource.system()));
            checks.add(nameCheck(config));
        }
        return checks;
    }

    private static NameCheck nameCheck(AgentConfig config) {
        return new NameCheck(config.keyFiles().certificate(), () -> HostIdentity.hostname(config));
    }

    /** All checks, for the command. */
    static Doctor allChecks(AgentConfig config) {
        List<Check> checks =
                new ArrayList<>(atStart(config, () -> ExposureCheck.run(Path.of("/proc"), config.cgroupsRoot())
                                .findings())
                        .checks());
        checks.add(new KernelCheck(System.getProperty("os.version", "")));
        // the agent logs at its start whether the kernel records makers and limits connections
        checks.add(new MakerCheck(config.cgroupsRoot(), Path.of("/proc"), PLACE));
        checks.add(new ConnectCheck(
                config.cgroupsRoot(),
                ConnectLimiting.taskCgroups(config),
                ConnectLimiting.destinations(config, config.endpoint().listen()),
                config.endpoint().asksPerSecond(),
                PLACE));
        checks.add(new ControllerCheck(
                config.controllers(),
                () -> HostIdentity.read(config).mesosAgentId(),
                () -> AgentKey.tls(config.keyFiles()),
                config.enrolment().isPresent(),
                ControllerCheck.USUAL_LIMIT));
        return new Doctor(checks);
    }

    /**
     * The checks at the agent's start, without a connection to the controllers: the agent opens its own and logs why it
     * fails, and a second one would cost each controller a handshake.
     */
    static Doctor atStart(AgentConfig config, Check exposure) {
        var proc = Path.of("/proc");
        int port = config.endpoint().listen().getPort();
        List<Check> checks = new ArrayList<>(List.of(
                new RulesCheck(
                        config.redirect().orElse(RedirectSettings.defaults(port)),
                        config.redirect().isPresent()),
                exposure,
                new TokenCheck(HostMetadata.ofInstance()),
                new NetworkCheck(proc, config.cgroupsRoot()),
                new CgroupCheck(Path.of("/sys/fs/cgroup"), config.cgroupsRoot()),
                settings(config),
                new MesosFlagsCheck(config.mesos().agent(), inMesos(config)),
                new MesosDirectoryCheck(config.mesos().directory()),
                new CapabilityCheck(proc.resolve("self/status"), PLACE),
                new MemoryCheck(proc.resolve("self/limits"), PLACE),
                new PortCheck(port, PLACE),
                new SocketCheck(proc, port, PLACE),
                new ClockCheck(PLACE)));
        config.metricsListen().ifPresent(listen -> checks.add(new MetricsCheck(listen)));
        checks.addAll(certificateChecks(config));
        checks.add(new UriCheck(proc, config.cgroupsRoot()));
        return new Doctor(checks);
    }
}
