package io.mesosiam.sandbox.mesos;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Client of a sandbox master in another process, for schedulers and Mesos agents. */
public final class RemoteMaster implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final ObjectMapper mapper = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private final URI control;
    private final String token;

    /**
     * Creates a client.
     *
     * @param control URI of the control endpoint
     */
    public RemoteMaster(URI control, String token) {
        this.control = control;
        this.token = token;
    }

    /**
     * Applies an operation.
     *
     * @return the id that it created, the number that it queried, or an empty text
     */
    public String apply(Operation operation) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(control)
                .timeout(LONGEST)
                .header("Authorization", "Bearer " + token)
                .POST(BodyPublishers.ofByteArray(
                        mapper.writerFor(Operation.class).writeValueAsBytes(operation)))
                .build();
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException("the sandbox's master refused " + operation + ": " + answer.body());
        }
        return answer.body();
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
