package io.mesosiam.agent.sdk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.fakes.TimeLimit;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A running program of an SDK, which fetches credentials on command: a line for each command, a line for each answer.
 */
final class SdkProcess implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = TimeLimit.seconds(60);

    private final Process process;
    private final PrintWriter in;
    private final BufferedReader out;

    SdkProcess(Process process) {
        this.process = process;
        this.in = new PrintWriter(process.outputWriter(), true);
        this.out = process.inputReader();
    }

    /**
     * The result of one fetch.
     *
     * @param accessKeyId empty if the SDK got none
     * @param error the error in this case
     */
    record Fetched(Optional<String> accessKeyId, String error, Duration took) {
        boolean has(String wanted) {
            return accessKeyId.filter(wanted::equals).isPresent();
        }
    }

    /** Fetches with a new client of the SDK, whose cache is empty. */
    Fetched first() throws Exception {
        return execute("first");
    }

    /** Fetches once more with the same client. */
    Fetched again() throws Exception {
        return execute("again");
    }

    private Fetched execute(String command) throws Exception {
        in.println(command);
        String line = CompletableFuture.supplyAsync(this::line).get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        JsonNode answer = JSON.readTree(line);
        return new Fetched(
                Optional.ofNullable(answer.get("accessKeyId")).map(JsonNode::asText),
                answer.path("error").asText(),
                Duration.ofMillis(answer.path("millis").asLong()));
    }

    private String line() {
        try {
            String line = out.readLine();
            if (line == null) {
                throw new IllegalStateException("the SDK's program has ended");
            }
            return line;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        children.forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
    }
}
