package io.mesosiam.agent.redirect;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mesosiam.line.OneLine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program of the host, such as nft. It is started with an empty environment from the system's own directories,
 * independent of PATH, with bounded time and output.
 */
public final class Tool {
    /** Long enough for a loaded host with tens of thousands of rules. */
    private static final Duration LIMIT = Duration.ofSeconds(15);

    private static final int MAX_OUTPUT = 4 << 20;
    private static final List<String> DIRECTORIES =
            List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin");

    private final String name;
    private final Path program;
    private final Duration limit;

    Tool(Path program, Duration limit) {
        this.name = program.getFileName().toString();
        this.program = program;
        this.limit = limit;
    }

    /** The installed program of that name, if there is one. */
    public static Optional<Tool> installed(String name) {
        return DIRECTORIES.stream()
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst()
                .map(program -> new Tool(program, LIMIT));
    }

    /** The result of a run. A program that was killed at its time limit has the exit code {@code -1}. */
    public record Outcome(int exit, String out, String err) {
        public boolean ok() {
            return exit == 0;
        }

        /** The first line of its error output, for a message. */
        String complaint() {
            var line = err.strip().lines().findFirst().orElse("no message");
            return "%s (exit %d)".formatted(OneLine.cut(line, 300), exit);
        }
    }

    /**
     * Runs the program until it ends.
     *
     * @param input its standard input
     * @throws UncheckedIOException if it can't be started
     */
    public Outcome run(String input, String... arguments) {
        var command = Stream.concat(Stream.of(program.toString()), Stream.of(arguments))
                .toList();
        var builder = new ProcessBuilder(new ArrayList<>(command));
        builder.environment().clear();
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("PATH", String.join(":", DIRECTORIES));
        try {
            var process = builder.start();
            var out = read(process.getInputStream());
            var err = read(process.getErrorStream());
            feed(process, input);
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                return new Outcome(-1, "", "%s did not end within %d s".formatted(name, limit.toSeconds()));
            }
            return new Outcome(process.exitValue(), out.join(), err.join());
        } catch (IOException e) {
            throw new UncheckedIOException("can't run " + program, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome(-1, "", "interrupted");
        }
    }

    /** Writes the input. A broken pipe is ignored: the exit code decides whether the program succeeded. */
    private static void feed(Process process, String input) {
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(UTF_8));
        } catch (IOException e) {
            // the exit code shows the failure
        }
    }

    private static CompletableFuture<String> read(InputStream stream) {
        var text = new CompletableFuture<String>();
        // the caller may be in another network namespace, in which no carrier of virtual threads may be created
        Thread.ofPlatform().name("tool-output").daemon().start(() -> {
            try {
                var bytes = stream.readNBytes(MAX_OUTPUT);
                stream.transferTo(OutputStream.nullOutputStream());
                text.complete(new String(bytes, UTF_8));
            } catch (IOException e) {
                text.complete("");
            }
        });
        return text;
    }
}
