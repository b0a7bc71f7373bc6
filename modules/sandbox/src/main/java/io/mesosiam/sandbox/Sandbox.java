package io.mesosiam.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mesos-iam sandbox}: runs everything on one machine and plays a story. */
@Command(
        name = "mesos-iam sandbox",
        description =
                "Starts Mesos, AWS STS, PostgreSQL, a controller and an agent on this machine, all for trying out,"
                        + " and shows how tasks get their credentials and lose them.")
public final class Sandbox implements Callable<Integer> {
    private static final int USUAL_API_PORT = 8080;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this help.")
    @SuppressWarnings("UnusedVariable") // picocli prints the help
    private boolean help;

    @Option(names = "--once", description = "End after the story; the status says whether every step succeeded.")
    private boolean once;

    @Option(
            names = "--aot-cache",
            paramLabel = "FILE",
            description =
                    "Run the controller with the flags of production and many tasks, let its JVM write an AOT cache to this"
                            + " file, and end.")
    private @Nullable Path aotCache;

    @Option(
            names = "--api-port",
            paramLabel = "PORT",
            description = "The controller's port. By default 8080 if that is free, else any.")
    private int apiPort;

    @Option(
            names = "--mesos-port",
            paramLabel = "PORT",
            description = "The Mesos master's port. By default any that is free.")
    private int mesosPort;

    private Sandbox() {}

    /** Runs the sandbox; the exit status is 0 if every step of the story succeeded. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Sandbox()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        var terminal = new Terminal();
        terminal.title("mesos-iam sandbox");
        Site site = Site.make(terminal, Artifacts.find(), Optional.ofNullable(aotCache));
        // runs on Ctrl-C, on SIGTERM, and at the end
        Runtime.getRuntime().addShutdownHook(new Thread(site::close));
        boolean succeeded;
        try {
            Site.Endpoints endpoints = site.start(apiPort == 0 ? Ports.preferably(USUAL_API_PORT) : apiPort, mesosPort);
            try (var story = new Story(terminal, endpoints)) {
                succeeded = story.play() && (aotCache == null || story.load());
            }
            if (aotCache != null) {
                site.writeAotCache();
            } else if (!once) {
                stay(terminal, site, endpoints);
            }
        } catch (IOException | SQLException e) {
            terminal.failed(String.valueOf(e.getMessage()));
            succeeded = false;
        }
        return succeeded ? 0 : 1;
    }

    private static void stay(Terminal terminal, Site site, Site.Endpoints endpoints) throws InterruptedException {
        terminal.title("It stays up until Ctrl-C");
        terminal.line("API        " + endpoints.api() + "/api/v1/leases");
        terminal.line("docs       " + endpoints.api() + "/docs");
        terminal.line("database   psql "
                + endpoints.jdbcUrl().substring("jdbc:".length()).replace("//", "//postgres@"));
        terminal.line("Mesos      " + endpoints.mesos() + "/state");
        terminal.line("logs       " + site.directory());
        new CountDownLatch(1).await();
    }
}
