package io.mesosiam.controller;

import io.mesosiam.controller.start.StartCheck;
import io.mesosiam.controller.start.StartProblem;
import io.mesosiam.controller.start.StartProblem.Kind;
import io.mesosiam.enrol.command.CaCommand;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.quarkus.runtime.configuration.ConfigUtils;
import io.smallrye.config.SmallRyeConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Main class of the controller: checks the settings, then runs until it is stopped. docs/controller.md lists the exit
 * codes.
 *
 * <p>A problem at start is one line on standard error; stack traces are only in the log, at debug level.
 */
@QuarkusMain
public final class ControllerMain {
    static final int CANNOT_START = 1;
    private static final int WRONG_SETTINGS = 2;

    /** Exit codes after SIGINT and SIGTERM: every stage has stopped in order, so the process reports success. */
    private static final Set<Integer> STOPPED_BY_SIGNAL = Set.of(128 + 2, 128 + 15);

    /** The JVM waits this long for {@link #exit} after a signal: less than the 90 s after which systemd kills by default. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(80);

    /** Whether {@link #exit} has been called. */
    private static final CountDownLatch ENDING = new CountDownLatch(1);

    /**
     * The JDK's HTTP client hands each buffer of an answer from thread to thread. Its own 16 KiB are two dozen events of a
     * master, of which a hundred thousand follow each other when Mesos agents return to another master.
     */
    private static final String BUFFER = "jdk.httpclient.bufsize";

    private static final String BUFFER_BYTES = "262144";

    private static final String USAGE = """
            usage: java -jar quarkus-run.jar [ca init | ca rotate | ca controller | ca show | --help | --version]

            Runs the mesos-iam controller until SIGTERM. With ca it makes or shows the authority of the hosts' certificates instead: docs/hosts.md. Settings are environment variables, system properties or the file
            config/application.properties: docs/controller.md lists them, and the exit codes.
            """;

    private ControllerMain() {}

    /** Runs the controller; ends the process. */
    public static void main(String... arguments) {
        if (arguments.length > 0 && arguments[0].equals("ca")) {
            SmallRyeConfig config = ConfigUtils.configBuilder().build();
            System.exit(CaCommand.run(
                    List.of(arguments).subList(1, arguments.length),
                    name -> config.getOptionalValue(name, String.class)));
        }
        if (arguments.length > 0) {
            System.exit(option(List.of(arguments)));
        }
        System.setProperty(BUFFER, System.getProperty(BUFFER, BUFFER_BYTES));
        SmallRyeConfig config = ConfigUtils.configBuilder().build();
        List<StartProblem> problems = StartCheck.problems(config, System.getenv(), Instant.now());
        if (!problems.isEmpty()) {
            problems.forEach(problem -> System.err.println(problem.line()));
            boolean settings = problems.stream().anyMatch(problem -> problem.kind() == Kind.SETTING);
            System.exit(settings ? WRONG_SETTINGS : CANNOT_START);
        }
        StartCheck.warnings(config).forEach(warning -> System.err.println("warning: " + warning.line()));
        // a request target that is no URI reaches our own guard, which answers with a problem; set before Vert.x is
        // loaded
        System.setProperty("vertx.disableURIValidation", "true");
        Runtime.getRuntime().addShutdownHook(new Thread(ControllerMain::awaitExit, "exit-code"));
        Quarkus.run((Class<? extends QuarkusApplication>) null, ControllerMain::exit);
    }

    private static int option(List<String> arguments) {
        return switch (String.join(" ", arguments)) {
            case "--help", "-h" -> {
                System.out.print(USAGE);
                yield 0;
            }
            case "--version" -> {
                System.out.println("mesos-iam-controller "
                        + Optional.ofNullable(ControllerMain.class.getPackage().getImplementationVersion())
                                .orElse("unknown"));
                yield 0;
            }
            default -> {
                System.err.println("wrong command line: " + String.join(" ", arguments));
                System.err.print(USAGE);
                yield WRONG_SETTINGS;
            }
        };
    }

    /**
     * A shutdown hook: without it the JVM may end between Quarkus's own hook and {@link #exit}, with the signal's exit code.
     */
    private static void awaitExit() {
        try {
            boolean _ = ENDING.await(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Prints the root causes of a failed start, one line each, and ends the process. */
    private static void exit(int code, Throwable failure) {
        if (failure != null && !StartFailure.isStop(failure)) {
            Logger.getLogger(ControllerMain.class).debug("start failed", failure);
            StartFailure problems = StartFailure.of(failure);
            QueuedLog.flushAll();
            problems.lines().forEach(System.err::println);
            ENDING.countDown();
            System.exit(problems.settings() ? WRONG_SETTINGS : CANNOT_START);
        }
        // every stage has stopped; after a signal, only halting sets the exit code
        // System.out.flush() could wait without end
        QueuedLog.flushAll();
        Runtime.getRuntime().halt(failure != null || code < 0 || STOPPED_BY_SIGNAL.contains(code) ? 0 : code);
    }
}
