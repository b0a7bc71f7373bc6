package io.mesosiam.sandbox.host;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.sandbox.process.Parent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * The program of a task. It knows no more than its environment says, as any program that uses AWS: where to ask for
 * credentials ({@code AWS_CONTAINER_CREDENTIALS_FULL_URI}), the region, and here where STS is. Told {@code http} it asks
 * with an ordinary HTTP client; told {@code sdk} it asks AWS who it is by the official SDK.
 */
public final class SandboxTask {
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final ObjectMapper mapper = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();

    private SandboxTask() {}

    /** Answers line by line until its input ends. */
    public static void main(String[] arguments) throws IOException {
        var task = new SandboxTask();
        var parent = new Parent();
        for (Optional<String> line = parent.hear(); line.isPresent(); line = parent.hear()) {
            Asked asked =
                    switch (line.get()) {
                        case "http" -> task.byHttp();
                        case "sdk" -> task.bySdk();
                        default -> Asked.failed("unknown word " + line.get());
                    };
            parent.say(task.mapper.writeValueAsString(asked));
        }
        System.exit(0);
    }

    private Asked byHttp() {
        var uri = URI.create(System.getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI"));
        try {
            HttpResponse<byte[]> answer =
                    http.send(HttpRequest.newBuilder(uri).timeout(LONGEST).build(), BodyHandlers.ofByteArray());
            JsonNode body = mapper.readTree(answer.body());
            return answer.statusCode() == 200
                    ? Asked.granted(200, body.path("RoleArn").asText(""))
                    : new Asked(
                            answer.statusCode(),
                            "",
                            body.path("code").asText(""),
                            body.path("message").asText(""));
        } catch (IOException e) {
            return Asked.failed(String.valueOf(e.getMessage()));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Asked.failed("interrupted");
        }
    }

    /** With a client of its own each time: credentials of an earlier ask would be kept until they are nearly old. */
    private Asked bySdk() {
        try (var credentials = DefaultCredentialsProvider.builder().build();
                StsClient sts = StsClient.builder()
                        .httpClientBuilder(UrlConnectionHttpClient.builder())
                        .credentialsProvider(credentials)
                        .build()) {
            return Asked.granted(0, sts.getCallerIdentity().arn());
        } catch (SdkException e) {
            return Asked.failed(String.valueOf(e.getMessage()));
        }
    }
}
