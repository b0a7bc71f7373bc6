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
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * The program of a task. Like any program that uses AWS, it is configured by its environment only: the endpoint for
 * credentials ({@code AWS_CONTAINER_CREDENTIALS_FULL_URI}), the region, and here the address of STS. On {@code http} it
 * requests credentials with an ordinary HTTP client; on {@code sdk} it calls GetCallerIdentity with the official SDK.
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
        for (Optional<String> line = parent.receive(); line.isPresent(); line = parent.receive()) {
            CredentialResult asked =
                    switch (line.get()) {
                        case "http" -> task.byHttp();
                        case "sdk" -> task.bySdk();
                        default -> CredentialResult.failed("unknown command " + line.get());
                    };
            parent.send(task.mapper.writeValueAsString(asked));
        }
        System.exit(0);
    }

    private CredentialResult byHttp() {
        var uri = URI.create(System.getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI"));
        try {
            HttpResponse<byte[]> answer =
                    http.send(HttpRequest.newBuilder(uri).timeout(LONGEST).build(), BodyHandlers.ofByteArray());
            JsonNode body = mapper.readTree(answer.body());
            return answer.statusCode() == 200
                    ? CredentialResult.granted(200, body.path("RoleArn").asText(""))
                    : new CredentialResult(
                            answer.statusCode(),
                            "",
                            body.path("code").asText(""),
                            body.path("message").asText(""));
        } catch (IOException e) {
            return CredentialResult.failed(String.valueOf(e.getMessage()));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return CredentialResult.failed("interrupted");
        }
    }

    /** Creates a client for each request, since a client caches credentials until they nearly expire. */
    private CredentialResult bySdk() {
        try (var credentials = DefaultCredentialsProvider.builder().build();
                StsClient sts = StsClient.builder()
                        .httpClientBuilder(Apache5HttpClient.builder())
                        .credentialsProvider(credentials)
                        .build()) {
            return CredentialResult.granted(0, sts.getCallerIdentity().arn());
        } catch (SdkException e) {
            return CredentialResult.failed(String.valueOf(e.getMessage()));
        }
    }
}
