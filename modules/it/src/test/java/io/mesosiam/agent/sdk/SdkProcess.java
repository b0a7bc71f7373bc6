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

/** A running program of an SDK, which fetches credentials when it is told to: a command a line, an answer a line. */
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
     * What one fetch came to.
     *
     * @param accessKeyId empty if the SDK got none
     * @param error what it said then
     */
    record Fetched(Optional<String> accessKeyId, String error, Duration took) {
        boolean has(String wanted) {
            return accessKeyId.filter(wanted::equals).isPresent();
        }
    }

    /** Makes a new client of the SDK's, with nothing in its cache, and fetches. */
    Fetched first() throws Exception {
        return say("first");
    }

    /** Asks the same client for its credentials once more. */
    Fetched again() throws Exception {
        return say("again");
    }

    private Fetched say(String command) throws Exception {
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
