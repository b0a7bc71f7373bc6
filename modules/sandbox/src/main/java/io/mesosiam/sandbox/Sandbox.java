package io.mesosiam.sandbox;

import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mesos-iam sandbox}: everything on one machine, and a story. */
@Command(
        name = "mesos-iam sandbox",
        mixinStandardHelpOptions = true,
        description =
                "Starts Mesos, AWS STS, PostgreSQL, a controller and an agent on this machine, all for trying out,"
                        + " and shows how tasks get their credentials and lose them.")
public final class Sandbox implements Callable<Integer> {
    private static final int USUAL_API_PORT = 8080;

    @Option(names = "--once", description = "End after the story; the status says whether all went as told.")
    private boolean once;

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

    /** Runs it; the exit status is 0 if everything went as told. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Sandbox()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        var terminal = new Terminal();
        terminal.title("mesos-iam sandbox");
        Site site = Site.make(terminal, Artifacts.find());
        // on Ctrl-C, SIGTERM, and at the end alike
        Runtime.getRuntime().addShutdownHook(new Thread(site::close));
        boolean asTold;
        try {
            Site.Doors doors = site.start(apiPort == 0 ? Ports.preferably(USUAL_API_PORT) : apiPort, mesosPort);
            try (var story = new Story(terminal, doors)) {
                asTold = story.tell();
            }
            if (!once) {
                stay(terminal, site, doors);
            }
        } catch (IOException | SQLException e) {
            terminal.notTold(String.valueOf(e.getMessage()));
            asTold = false;
        }
        return asTold ? 0 : 1;
    }

    private static void stay(Terminal terminal, Site site, Site.Doors doors) throws InterruptedException {
        terminal.title("It stays up until Ctrl-C");
        terminal.line("API        " + doors.api() + "/api/v1/leases");
        terminal.line("docs       " + doors.api() + "/docs");
        terminal.line(
                "database   psql " + doors.jdbcUrl().substring("jdbc:".length()).replace("//", "//postgres@"));
        terminal.line("Mesos      " + doors.mesos() + "/state");
        terminal.line("logs       " + site.directory());
        new CountDownLatch(1).await();
    }
}
