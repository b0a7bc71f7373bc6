package io.mesosiam.sandbox.host;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.sandbox.host.HostCommand.How;
import io.mesosiam.sandbox.process.Child;
import io.mesosiam.sandbox.process.Parent;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The host as a process. Its first line of input is a {@link HostSetup}, which it answers with a {@link HostReport};
 * each further one is a {@link HostCommand}. When its input ends it removes everything that it created.
 */
public final class HostProgram {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(40);

    private final ObjectMapper mapper = new ObjectMapper();
    private final Parent parent = new Parent();

    private HostProgram() {}

    /** Runs until its input ends. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        new HostProgram().run();
        System.exit(0);
    }

    private void run() throws IOException, InterruptedException {
        HostSetup setup = mapper.readValue(parent.receive().orElseThrow(), HostSetup.class);
        var host = new SandboxHost(setup);
        // also after a failure
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(host)));
        parent.send(mapper.writeValueAsString(host.report()));
        for (Optional<String> line = parent.receive(); line.isPresent(); line = parent.receive()) {
            parent.send(answer(host, mapper.readValue(line.get(), HostCommand.class)));
        }
    }

    private static void close(SandboxHost host) {
        try {
            host.close();
        } catch (IOException e) {
            System.err.println("could not remove everything: " + e);
        }
    }

    private String answer(SandboxHost host, HostCommand command) throws IOException, InterruptedException {
        try {
            return mapper.writeValueAsString(follow(host, command));
        } catch (NoSuchElementException | IOException e) {
            return mapper.writeValueAsString(Map.of("error", String.valueOf(e.getMessage())));
        }
    }

    private Object follow(SandboxHost host, HostCommand command) throws IOException, InterruptedException {
        switch (command) {
            case HostCommand.Run(var tasks) -> host.run(tasks);
            case HostCommand.Ask(var taskIds, How how) -> {
                return ask(taskIds.stream().map(host::process).toList(), how);
            }
            case HostCommand.AskOutside(How how) -> {
                try (Child outsider = host.outsider()) {
                    return ask(List.of(outsider), how).getFirst();
                }
            }
            case HostCommand.Finish(String taskId) -> host.finish(taskId);
            case HostCommand.Destroy(String taskId) -> host.destroy(taskId);
        }
        return Map.of();
    }

    private List<CredentialResult> ask(List<Child> processes, How how) throws InterruptedException {
        String word = how.name().toLowerCase(Locale.ROOT);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<CredentialResult>> asks = processes.stream()
                    .<Callable<CredentialResult>>map(process ->
                            () -> mapper.readValue(process.ask(word, REQUEST_TIMEOUT), CredentialResult.class))
                    .toList();
            return threads.invokeAll(asks).stream().map(HostProgram::outcome).toList();
        }
    }

    private static CredentialResult outcome(Future<CredentialResult> ask) {
        return switch (ask.state()) {
            case SUCCESS -> ask.resultNow();
            case FAILED ->
                CredentialResult.failed(String.valueOf(ask.exceptionNow().getMessage()));
            case RUNNING, CANCELLED -> CredentialResult.failed("timed out");
        };
    }
}
